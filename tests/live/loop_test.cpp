// The loop with all that it drives, in this process: a Core, real sockets, a worker, signals.
#include "node/loop.hpp"

#include "node/home.hpp"
#include "tests/node/temporary_folder.hpp"

#include <csignal>
#include <thread>

#include <doctest/doctest.h>
#include <unistd.h>

using namespace grapevine;
using namespace grapevine::node;

namespace {

const bool started = (start_crypto(), true);

/// Says "Yes." at once, or nothing until it is stopped.
class OneWord final : public Model {
 public:
  moa::Profile profile() const override {
    return {.kind = "recorded", .model = "one-word", .synthesizes = false};
  }
  Result<moa::Finished> generate(const Request& request, Sink& sink, std::stop_token stop) override {
    while (request.turns.back().text == "wait" && !stop.stop_requested()) std::this_thread::yield();
    if (stop.stop_requested()) return moa::Finished{.finish = moa::Finish::cancelled};
    sink.piece("Yes.");
    return moa::Finished{.text = "Yes."};
  }
};

/// A founder's node on free ports. Made on the thread that will wait for signals.
struct Node {
  Node() {
    inbox.put(Input(ModelFound{OneWord().profile()}));
    workers.use(std::make_unique<OneWord>(), nullptr);
  }
  ~Node() {
    if (running.joinable()) ::kill(::getpid(), SIGTERM);
  }
  void start() {
    running = std::jthread([this] {
      loop.start();
      ended = loop.run();
    });
  }
  Loop::End end() {
    running.join();
    return ended;
  }
  moa::Ask ask(const std::string& question) const {
    return {.id = {random_bytes<16>()}, .turns = {{.text = question}}, .shape = moa::Shape{0, 0}};
  }

  TemporaryFolder folder;
  Signals signals;
  LocalClock clock;
  Home home = [this] {
    REQUIRE(found_home(folder.path(), {"home", "laptop", "anna"}, clock.now().wall));
    return std::move(*load_home(folder.path(), clock.now().wall));
  }();
  dns::MemoryStore store;
  SodiumVerifier verifier;
  gossip::Book book{1};
  Transport transport{{"127.0.0.1", 0}, home.transport, home.identity.node};
  Core core{{.join_addresses = {"127.0.0.1:1"}, .seed = 1}, std::move(home.identity), store, verifier, book};
  Inbox<Handed> inbox{Loop::inbox_max};
  Front front{inbox};
  Workers workers{inbox};
  JoinPort join_port{"/bin/false", "127.0.0.1:0"};
  BeaconPort beacon_port;
  std::atomic<bool> disk_works = true;
  std::atomic<bool> store_is_sound = true;
  std::vector<std::string> events;
  Loop::End ended = Loop::End::damaged;
  Loop loop{{.core = core,
             .transport = transport,
             .join_port = join_port,
             .beacon_port = beacon_port,
             .workers = workers,
             .front = front,
             .inbox = inbox,
             .signals = signals,
             .clock = clock,
             .commit = [this](dns::Urgency) -> Result<void> {
               if (!disk_works) return fail(Code::storage, "the disk is full");
               return {};
             },
             .scrub = [this] { return store_is_sound.load(); },
             .scrub_first = 10ms,
             .scrub_every = 10ms,
             .keep = [](const KeepCertificate&) { return Result<void>(); },
             .note = [this](const Note& note) { events.emplace_back(note.event); }}};
  std::jthread running;
};

bool has(const std::vector<std::string>& events, std::string_view event) {
  return std::find(events.begin(), events.end(), event) != events.end();
}

}  // namespace

TEST_CASE("a loop shows, answers, and ends when it is told to") {
  Node node;
  node.start();
  CHECK(node.front.read([](const Core& core, Now) { return core.roster().size(); }) == 1);
  Asking asking = node.front.ask(node.ask("Is it so?"));
  std::optional<Asking::Said> said;
  do said = asking.next(5s);
  while (said && !std::holds_alternative<moa::Answered>(*said));
  REQUIRE(said);
  CHECK(std::get<moa::Answered>(*said).text == "Yes.");
  ::kill(::getpid(), SIGTERM);
  CHECK(node.end() == Loop::End::left);
  CHECK_FALSE(node.front.read([](const Core&, Now) { return 1; }));
}

TEST_CASE("whoever closes the terminal ends a loop well, unless it was told to stay") {
  for (const bool stays : {false, true}) {
    CAPTURE(stays);
    const auto before = std::signal(SIGHUP, stays ? SIG_IGN : SIG_DFL);
    Node node;
    node.start();
    ::kill(::getpid(), SIGHUP);
    const auto looked = node.front.read([](const Core&, Now) { return true; });
    if (stays) {
      CHECK(looked);
      ::kill(::getpid(), SIGTERM);
    }
    CHECK(node.end() == Loop::End::left);
    CHECK(has(node.events, "leaving"));
    std::signal(SIGHUP, SIG_IGN);  // drops what was blocked meanwhile
    std::signal(SIGHUP, before);
  }
}

TEST_CASE("a question that is dropped is forgotten, and its call aborted") {
  Node node;
  node.start();
  { const Asking asking = node.front.ask(node.ask("wait")); }
  const auto is_idle = [&] {
    return node.front.read([](const Core& core, Now) {
      return core.engine().active_queries() == 0 && core.engine().queue().running == 0;
    });
  };
  CHECK(is_idle() == true);
  ::kill(::getpid(), SIGTERM);
  CHECK(node.end() == Loop::End::left);
}

TEST_CASE("who wants to be forgotten by a full loop waits, and does not spin") {
  Inbox<Handed> full(1);
  full.put(Input(Tick{}));
  Front front(full);
  timespec worked{};
  std::jthread client([&] {
    { const Asking asking = front.ask({.id = {random_bytes<16>()}}); }
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &worked);
  });
  std::this_thread::sleep_for(300ms);
  full.close();
  client.join();
  CHECK(worked.tv_sec == 0);
  CHECK(worked.tv_nsec < 10'000'000);
}

TEST_CASE("what could be forgotten is not said: without a commit no answer, and no join port opens") {
  Node node;
  node.start();
  const auto invite = [&] {
    return node.front.command([](Core& core, Now now, Effects& out) {
      auto invited = core.invite({}, now);
      append(out, std::move(invited->effects));
      return true;
    });
  };
  node.disk_works = false;
  CHECK_FALSE(invite());
  REQUIRE(node.front.read([](const Core&, Now) { return true; }));  // a turn later
  ::kill(::getpid(), SIGTERM);
  CHECK(node.end() == Loop::End::left);
  CHECK(has(node.events, "store.failed"));
  CHECK(node.join_port.process() == 0);
}

TEST_CASE("what is noted in every turn is not told in every turn") {
  Node node;
  node.start();
  node.disk_works = false;
  for (int turn = 0; turn < 50; ++turn) REQUIRE(node.front.read([](const Core&, Now) { return true; }));
  ::kill(::getpid(), SIGTERM);
  CHECK(node.end() == Loop::End::left);
  const auto told = std::count(node.events.begin(), node.events.end(), "store.failed");
  CHECK(told > 0);
  CHECK(told <= 10);
}

TEST_CASE("a loop whose store goes bad ends, so that the next start can set it aside") {
  Node node;
  node.start();
  REQUIRE(node.front.read([](const Core&, Now) { return true; }));
  node.store_is_sound = false;
  CHECK(node.end() == Loop::End::damaged);
  CHECK(has(node.events, "store.damaged"));
}

TEST_CASE("whoever is told to end while it ends, ends at once") {
  Node node;
  node.start();
  Asking asking = node.front.ask(node.ask("wait"));
  ::kill(::getpid(), SIGTERM);
  ::kill(::getpid(), SIGINT);
  CHECK(node.end() == Loop::End::interrupted);
}
