#include "node/cli/daemon.hpp"
#include "node/cli/show.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace grapevine;
using namespace grapevine::node::cli;

namespace {

Result<CommandLine, Usage> typed(std::vector<const char*> words) {
  words.insert(words.begin(), "grapevine");
  return parse(static_cast<int>(words.size()), words.data());
}

template <class T>
T verb(const std::vector<const char*>& words) {
  const auto line = typed(words);
  REQUIRE(line.has_value());
  const auto& said = line->verb;
  REQUIRE(std::holds_alternative<T>(said));
  return std::get<T>(said);
}

Exit mistake(const std::vector<const char*>& words) {
  const auto line = typed(words);
  REQUIRE_FALSE(line.has_value());
  return line.error().exit;
}

}  // namespace

TEST_CASE("asking takes the shape, the scope and the time") {
  const auto ask = verb<AskMesh>(
      {"ask", "why?", "--layers", "1", "--proposers", "4", "--scope", "mesh", "--deadline", "2m"});
  CHECK(ask.question == "why?");
  CHECK(*ask.layers == 1);
  CHECK(*ask.proposers == 4);
  CHECK(ask.scope == "mesh");
  CHECK(ask.deadline == 2min);
  CHECK(ask.stream);
}

TEST_CASE("a verb takes the flags of all, before it and after it") {
  for (const auto& words : {std::vector<const char*>{"--json", "status"}, {"status", "--json"}}) {
    const auto line = typed(words);
    REQUIRE(line.has_value());
    CHECK(line->shared.output == Output::json);
  }
}

TEST_CASE("a file to be evaluated is named plainly or as --test") {
  CHECK(verb<Evaluate>({"eval", "answers.jsonl"}).file == "answers.jsonl");
  const auto eval = verb<Evaluate>({"eval", "--train", "a.jsonl", "--test", "b.jsonl"});
  CHECK(eval.train == "a.jsonl");
  CHECK(eval.file == "b.jsonl");
  CHECK(mistake({"eval"}) == Exit::usage);
}

TEST_CASE("names are claimed, kept, handed over and listed under one verb") {
  CHECK(verb<ClaimName>({"name", "claim", "robot"}).wait == Duration{});
  CHECK(verb<ClaimName>({"name", "claim", "robot", "--wait", "30m"}).wait == 30min);
  CHECK(verb<ListNames>({"name", "list", "--all"}).all);
  CHECK(verb<RenewNames>({"name", "renew"}).name.empty());
  CHECK(verb<RetireName>({"name", "retire", "robot"}).name == "robot");
  CHECK(verb<TransferName>({"name", "transfer", "robot", "--to", "pi"}).to == "pi");
  CHECK(verb<AcceptName>({"name", "accept", "robot"}).name == "robot");
  CHECK(mistake({"name", "transfer", "robot"}) == Exit::usage);
  CHECK(mistake({"name", "retire"}) == Exit::usage);
}

TEST_CASE("keys are changed under trust and name, and devices expelled under revoke") {
  verb<RotateKey>({"trust", "rotate"});
  verb<RotateKey>({"name", "rotate"});
  CHECK(verb<SuspendKey>({"trust", "suspend", "--cause", "lost"}).cause == "lost");
  CHECK(verb<RetireNode>({"name", "retire", "--node", "--recovery", "stick"}).recovery == "stick");
  CHECK(mistake({"name", "retire", "--recovery", "stick"}) == Exit::usage);
  const auto revoke = verb<RevokeNode>({"revoke", "robot", "--reason", "stolen", "--keep", "a", "--yes"});
  CHECK(revoke.subject == "robot");
  CHECK(revoke.keep == std::vector<std::string>{"a"});
  CHECK(revoke.yes);
}

TEST_CASE("a lookup asks by name or by what it can do, not both") {
  CHECK(verb<Lookup>({"lookup", "robot"}).name == "robot");
  CHECK(verb<Lookup>({"lookup", "--capability", "answer", "--capability", "gpu"}).capabilities.size() == 2);
  CHECK(mistake({"lookup", "robot", "--capability", "answer"}) == Exit::usage);
  CHECK(verb<Lookup>({"lookup", "--prefix", "kitchen-", "--limit", "5"}).limit == 5);
  CHECK(mistake({"lookup", "robot", "--prefix", "kitchen-"}) == Exit::usage);
  CHECK(mistake({"lookup", "--prefix", "kitchen-", "--limit", "0"}) == Exit::usage);
}

TEST_CASE("mistakes exit with 2, help with 0") {
  CHECK(mistake({}) == Exit::usage);
  CHECK(mistake({"frobnicate"}) == Exit::usage);
  CHECK(mistake({"ask"}) == Exit::usage);
  CHECK(mistake({"ask", "q", "--scope", "world"}) == Exit::usage);
  CHECK(mistake({"ask", "q", "--deadline", "soon"}) == Exit::usage);
  CHECK(mistake({"status", "--json", "--quiet"}) == Exit::usage);
  CHECK(mistake({"--help"}) == Exit::done);
  CHECK(mistake({"ask", "--help"}) == Exit::done);
  CHECK(mistake({"--version"}) == Exit::done);
}

TEST_CASE("every verb's help ends with an example") {
  for (const char* name : {"init", "join", "up", "invite", "status", "peers", "doctor", "lookup", "whois",
                           "ask", "eval", "version"}) {
    const auto line = typed({name, "--help"});
    CHECK_MESSAGE(line.error().text.find(std::string("Example:\n  grapevine ") + name) != std::string::npos,
                  name);
  }
}

TEST_CASE("a node that is not there is exit 6 and says how to start it") {
  Shared shared;
  shared.api = "http://127.0.0.1:1";  // tcpmux: nobody listens
  const auto failed = run(Status{}, shared);
  REQUIRE(failed.has_value());
  CHECK(failed->exit == Exit::no_daemon);
  CHECK(failed->hint.find("grapevine up") != std::string::npos);
}

TEST_CASE("failures of the floors become exit numbers") {
  CHECK(failure({Code::unknown, ""}).exit == Exit::not_found);
  CHECK(failure({Code::bad_signature, ""}).exit == Exit::not_trusted);
  CHECK(failure({Code::full, ""}).exit == Exit::mesh_full);
  CHECK(failure({Code::conflict, ""}).exit == Exit::failed);
}

TEST_CASE("a table is as wide as it must be, in letters") {
  CHECK(table({{"NAME", "STATE"}, {"küche", "alive"}, {"", "dead"}}) ==
        "NAME   STATE\nküche  alive\n-      dead\n");
}

TEST_CASE("times are short for people") {
  CHECK(span(0.0415) == "42 ms");
  CHECK(span(2.44) == "2.4 s");
  CHECK(age(42) == "42 s");
  CHECK(age(3 * 3600) == "3 h");
}

TEST_CASE("what goes into a URL is encoded") {
  CHECK(encoded("a b/ü") == "a%20b%2F%C3%BC");
}

TEST_CASE("an event is told with a name and a text, and followed as long as wanted") {
  const auto tell = verb<TellEvent>({"event", "doorbell", "at the door"});
  CHECK(tell.name == "doorbell");
  CHECK(tell.text == "at the door");
  CHECK(mistake({"event"}) == Exit::usage);
  const auto list = verb<ListEvents>({"events", "--follow", "--count", "3", "--json"});
  CHECK(list.follow);
  CHECK(list.count == 3);
  CHECK(mistake({"events", "--count", "-1"}) == Exit::usage);
}

TEST_CASE("trust alone shows, and below it names are pinned and unpinned") {
  verb<ShowTrust>({"trust"});
  const auto pin = verb<PinName>({"trust", "pin", "kitchen-arm", "--as", "arm", "--id", "abc"});
  CHECK(pin.name == "kitchen-arm");
  CHECK(pin.petname == "arm");
  CHECK(pin.id == "abc");
  CHECK(verb<UnpinName>({"trust", "unpin", "kitchen-arm"}).name == "kitchen-arm");
  CHECK(mistake({"trust", "pin"}) == Exit::usage);
}
