// The device's half: what it takes, refuses and gives back.
#include "moa/device.hpp"

#include "tests/crypto/sample.hpp"

#include <doctest/doctest.h>

namespace grapevine::moa {

namespace {

const SigningKey& own_key() {
  static const SigningKey key = sample::key(4);
  return key;
}

/// Device 4 of the household, whose peers 2 and 3 have the same owner.
struct Bench {
  sample::Household household{};
  Device device;
  std::uint64_t tickets = 0;

  explicit Bench(Config config = {})
      : device(config, {sample::node(4), owner_of("anna"), sample::mesh().id, &own_key()}, household.roster,
               1) {
    (void)device.set_profile(Profile{.kind = {"test"}, .model = {"m"}, .family = {"f"}}, Time{});
  }
  Ticket ticket() {
    Ticket made{.ticket = TicketId{++tickets}, .remaining = 60s, .scope = Scope::group};
    made.turns.push_back(Turn{.speaker = Speaker::user, .text = {"Which way?"}});
    return made;
  }
  /// The reason of the nack; nothing when the ticket was taken.
  std::optional<Unwilling> offer(std::uint8_t from, const Ticket& ticket, Time now = {}) {
    for (const auto& effect : device.take(sample::node(from), ticket, now)) {
      const auto* send = std::get_if<Send<Message>>(&effect);
      if (send != nullptr) return std::get<Nack>(send->message).reason;
    }
    return std::nullopt;
  }
};

/// The calls that start; each is told to its origin.
std::vector<CallId> started(const Effects& effects) {
  std::vector<CallId> calls;
  for (const auto& effect : effects) {
    if (const auto* call = std::get_if<Generate>(&effect)) calls.push_back(call->call);
  }
  REQUIRE(effects.size() == 2 * calls.size());
  return calls;
}

}  // namespace

TEST_CASE("who asks for the same topics again within ten seconds is not told") {
  Bench bench;
  const auto tell = [&](std::vector<std::string> terms) {
    (void)bench.device.set_profile(Profile{.topics = {sample::mesh().id, terms}}, Time{});
  };
  const auto is_told = [&](std::uint8_t peer, Time now) {
    return std::holds_alternative<Send<Message>>(bench.device.tell_topics(sample::node(peer), now).at(0));
  };
  tell({"boiler"});
  CHECK(is_told(2, Time(1s)));
  CHECK_FALSE(is_told(2, Time(10s)));
  CHECK(is_told(3, Time(10s)));
  CHECK(is_told(2, Time(11s)));
  tell({"bicycle"});
  CHECK(is_told(2, Time(12s)));
  (void)bench.device.set_profile(Profile{}, Time{});
  CHECK(bench.device.tell_topics(sample::node(2), Time(60s)).empty());
}

TEST_CASE("a ticket is one call, however often it comes") {
  Bench bench;
  const auto ticket = bench.ticket();
  CHECK_FALSE(bench.offer(2, ticket));
  const auto again = bench.device.take(sample::node(2), ticket, Time{});
  REQUIRE(again.size() == 1);
  CHECK(std::get<Note>(again[0]).event == "repeated.ticket");
  CHECK(bench.device.queued(Side::foreign) == 1);
  CHECK_FALSE(bench.offer(3, ticket));  // another origin's ticket of the same number is another
}

TEST_CASE("a device holds what it promised and not a call more") {
  Bench bench({.lane_calls_max = 5});
  for (int i = 0; i < 5; ++i) CHECK_FALSE(bench.offer(2, bench.ticket()));
  CHECK(bench.offer(2, bench.ticket()) == Unwilling::lane_full);
  CHECK_FALSE(bench.offer(4, bench.ticket()));  // its own lane is another
  CHECK(bench.device.queued(Side::foreign) == 5);
}

TEST_CASE("a lane takes no more work than its bound, once calls have been measured") {
  Bench bench;
  CHECK_FALSE(bench.offer(2, bench.ticket()));
  const auto call = started(bench.device.start(Time{})).at(0);
  (void)bench.device.generated(call, Finished{.text = "Left"}, {Time(1s), sample::noon});
  int taken = 0;
  while (!bench.offer(2, bench.ticket(), Time(1s))) ++taken;
  CHECK(taken == 30);  // charged with two thirds of a second each
  CHECK(seconds(bench.device.load(Time(1s)).foreign) == doctest::Approx(20));
}

TEST_CASE("only tickets within their scope are taken") {
  Bench bench;
  auto ticket = bench.ticket();
  ticket.scope = Scope::local;
  CHECK(bench.offer(2, ticket) == Unwilling::scope);
  CHECK(bench.offer(9, bench.ticket()) == Unwilling::scope);  // whose owner we do not know
  ticket = bench.ticket();
  ticket.scope = Scope::mesh;
  CHECK_FALSE(bench.offer(9, ticket));
}

TEST_CASE("a first prompt over 128 KiB is too large, a later one may carry proposals besides") {
  Bench bench;
  auto ticket = bench.ticket();
  ticket.turns[0].text = {std::string(prompt_bytes_max + 1, 'x')};
  CHECK(bench.offer(2, ticket) == Unwilling::too_large);
  ticket.ticket = TicketId{77};
  ticket.stage = Stage::refine;
  CHECK_FALSE(bench.offer(2, ticket));
}

TEST_CASE("without a model, without time or without words there is no call") {
  Bench bench;
  auto late = bench.ticket();
  late.remaining = 0s;
  CHECK(bench.offer(2, late) == Unwilling::malformed);
  auto silent = bench.ticket();
  silent.turns.clear();
  CHECK(bench.offer(2, silent) == Unwilling::malformed);
  (void)bench.device.set_profile(std::nullopt, Time{});
  CHECK(bench.offer(2, bench.ticket()) == Unwilling::no_model);
}

TEST_CASE("no ticket holds its place for longer than any query may last") {
  Bench bench;
  auto patient = bench.ticket();
  patient.remaining = 24h;
  CHECK_FALSE(bench.offer(2, patient));
  CHECK(bench.device.deadline() == Time(600s));
  CHECK(bench.device.expire(Time(600s)).empty());  // it was only waiting: there is nothing to abort
  CHECK(bench.device.queued(Side::foreign) == 0);
}

TEST_CASE("when the model goes, what waits is handed back") {
  Bench bench;
  CHECK_FALSE(bench.offer(2, bench.ticket()));
  CHECK_FALSE(bench.offer(4, bench.ticket()));
  CHECK(bench.device.set_profile(std::nullopt, Time{}).size() == 2);
  CHECK(bench.device.deadline() == never);
  CHECK(bench.device.load(Time{}).ability == Ability::none);
}

TEST_CASE("draining hands back others' calls, keeps the own ones, and takes no more") {
  Bench bench;
  CHECK_FALSE(bench.offer(2, bench.ticket()));
  CHECK_FALSE(bench.offer(4, bench.ticket()));
  CHECK(bench.device.drain(Time{}).size() == 1);
  CHECK(bench.device.queued(Side::own) == 1);
  CHECK(bench.offer(2, bench.ticket()) == Unwilling::draining);
  CHECK_FALSE(bench.offer(4, bench.ticket()));
}

TEST_CASE("as many calls run as there are slots, and a free slot takes the next") {
  Bench bench;
  (void)bench.device.set_profile(Profile{.kind = {"test"}, .slots = 2}, Time{});
  for (int i = 0; i < 3; ++i) CHECK_FALSE(bench.offer(2, bench.ticket()));
  const auto running = started(bench.device.start(Time{}));
  REQUIRE(running.size() == 2);
  CHECK(bench.device.start(Time{}).empty());
  (void)bench.device.generated(running[0], Finished{.text = "Left"}, {Time(1s), sample::noon});
  CHECK(started(bench.device.start(Time(1s))).size() == 1);
}

TEST_CASE("a busy foreign lane leaves the own lane half of the device, and the other way round") {
  Bench bench;
  for (int i = 0; i < 20; ++i) CHECK_FALSE(bench.offer(i % 2 == 0 ? 2 : 4, bench.ticket()));
  int own = 0;
  for (int i = 0; i < 10; ++i) {
    const auto call = started(bench.device.start(Time{})).at(0);
    own += bench.device.find(call)->origin == sample::node(4) ? 1 : 0;
    (void)bench.device.generated(call, Error{Code::unavailable, ""}, {Time{}, sample::noon});
  }
  CHECK(own == 5);
}

TEST_CASE("a proposal says how long it waited and ran, and is signed") {
  Bench bench;
  CHECK_FALSE(bench.offer(2, bench.ticket()));
  const auto call = started(bench.device.start(Time(3s))).at(0);
  const auto out =
      bench.device.generated(call, Finished{.text = "Left", .tokens_out = 1}, {Time(5s), sample::noon});
  const auto& sent = std::get<Send<Message>>(out.at(0));
  CHECK(sent.to == sample::node(2));
  const auto& proposal = std::get<Proposal>(sent.message);
  const auto statement =
      proposal.statement.open(bench.household.verifier, sample::mesh().id, sample::key(4).public_key());
  REQUIRE(statement);
  CHECK(statement->queued == 3s);
  CHECK(statement->running == 2s);
  CHECK(statement->text_hash == text_hash("Left"));
  CHECK(statement->answered == sample::noon);
}

TEST_CASE("a text over 64 KiB is cut and says so") {
  Bench bench;
  CHECK_FALSE(bench.offer(2, bench.ticket()));
  const auto call = started(bench.device.start(Time{})).at(0);
  const auto out = bench.device.generated(call, Finished{.text = std::string(proposal_bytes_max + 9, 'x')},
                                          {Time(1s), sample::noon});
  const auto& proposal = std::get<Proposal>(std::get<Send<Message>>(out.at(0)).message);
  CHECK(proposal.text.size() == proposal_bytes_max);
  CHECK(proposal.statement.claimed()->finish == Finish::length);
}

TEST_CASE("what a model says after its call was cancelled is ignored") {
  Bench bench;
  const auto ticket = bench.ticket();
  CHECK_FALSE(bench.offer(2, ticket));
  const auto call = started(bench.device.start(Time{})).at(0);
  const auto out = bench.device.cancel(sample::node(2), ticket.ticket, Time{});
  REQUIRE(out.size() == 1);
  CHECK(std::get<Abort>(out[0]).call == call);
  CHECK(bench.device.generated(call, Finished{.text = "Left"}, {Time(1s), sample::noon}).empty());
  CHECK(bench.device.running() == 0);
}

TEST_CASE("a device whose calls are taken back while they run is known to be slow all the same") {
  Bench bench;
  for (const Duration ran :
       {Duration(4s), Duration(900ms)}) {  // the second says nothing: it might have ended
    const auto ticket = bench.ticket();
    CHECK_FALSE(bench.offer(2, ticket));
    CHECK(started(bench.device.start(Time{})).size() == 1);
    CHECK(bench.device.cancel(sample::node(2), ticket.ticket, Time(ran)).size() == 1);
    CHECK(bench.device.load(Time{}).call == 4s);
  }
}

TEST_CASE("nobody can cancel another's call") {
  Bench bench;
  const auto ticket = bench.ticket();
  CHECK_FALSE(bench.offer(2, ticket));
  CHECK(bench.device.cancel(sample::node(3), ticket.ticket, Time{}).empty());
  CHECK(bench.device.queued(Side::foreign) == 1);
}

TEST_CASE("a model that fails at once does not look fast") {
  Bench bench;
  CHECK_FALSE(bench.offer(2, bench.ticket()));
  const auto call = started(bench.device.start(Time{})).at(0);
  const auto out = bench.device.generated(call, Error{Code::unavailable, "gone"}, {Time(1ms), sample::noon});
  CHECK(std::get<Nack>(std::get<Send<Message>>(out.at(0)).message).reason == Unwilling::failed);
  CHECK(bench.device.load(Time{}).call == 0s);
}

}  // namespace grapevine::moa
