#include "node/workers.hpp"

#include <atomic>
#include <thread>

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::node;

namespace {

/// Says each turn's text as a piece; a turn "wait" lasts until the call is stopped.
class Parrot final : public Model {
 public:
  explicit Parrot(std::uint8_t slots) : slots_(slots) {}
  moa::Profile profile() const override { return {.kind = "parrot", .model = "grey", .slots = slots_}; }
  Result<moa::Finished> generate(const Request& request, Sink& sink, std::stop_token stop) override {
    moa::Finished finished;
    for (const auto& turn : request.turns) {
      if (turn.text == "cough") return fail(Code::unavailable, "the parrot is ill");
      while (turn.text == "wait" && !stop.stop_requested()) std::this_thread::yield();
      if (stop.stop_requested()) return moa::Finished{.finish = moa::Finish::cancelled};
      sink.piece(turn.text);
      finished.text += turn.text;
    }
    return finished;
  }

 private:
  std::uint8_t slots_;
};

moa::Generate job(std::uint64_t call, std::vector<std::string> texts) {
  moa::Generate wanted{.call = {call}, .time_left = 10s};
  for (auto& text : texts) wanted.turns.push_back({.text = std::move(text)});
  return wanted;
}

struct Desk {
  explicit Desk(std::uint8_t slots) { workers.use(std::make_unique<Parrot>(slots), nullptr); }
  Generated next() {
    auto handed = inbox.take(10s);
    REQUIRE(handed);
    return std::get<Generated>(std::get<Input>(*handed));
  }
  Inbox<Handed> inbox{64};
  Workers workers{inbox};
};

}  // namespace

TEST_CASE("a job's pieces come in order, then its end") {
  Desk desk(1);
  desk.workers.start(job(1, {"hello ", "world"}));
  CHECK(std::get<moa::Piece>(desk.next().said).text == "hello ");
  CHECK(std::get<moa::Piece>(desk.next().said).text == "world");
  const auto last = desk.next();
  CHECK(last.call == moa::CallId{1});
  CHECK(std::get<moa::Finished>(last.said).text == "hello world");
}

TEST_CASE("a model's failure is the end of its call") {
  Desk desk(1);
  desk.workers.start(job(1, {"cough"}));
  CHECK(std::get<Error>(desk.next().said).code == Code::unavailable);
}

TEST_CASE("an aborted call is stopped, and its worker takes the next one") {
  Desk desk(1);
  desk.workers.start(job(1, {"begun", "wait"}));
  desk.workers.start(job(2, {"next"}));
  CHECK(std::get<moa::Piece>(desk.next().said).text == "begun");
  desk.workers.abort({1});
  CHECK(std::get<moa::Finished>(desk.next().said).finish == moa::Finish::cancelled);
  CHECK(std::get<moa::Piece>(desk.next().said).text == "next");
}

TEST_CASE("a call aborted before its turn never runs") {
  Desk desk(1);
  desk.workers.start(job(1, {"begun", "wait"}));
  desk.workers.start(job(2, {"never said"}));
  CHECK(std::get<moa::Piece>(desk.next().said).text == "begun");
  desk.workers.abort({2});
  desk.workers.abort({1});
  CHECK(desk.next().call == moa::CallId{1});
  CHECK(std::get<Error>(desk.next().said).code == Code::refused);
}

TEST_CASE("a model with two slots works on two calls at a time") {
  Desk desk(2);
  desk.workers.start(job(1, {"wait"}));
  desk.workers.start(job(2, {"meanwhile"}));
  CHECK(desk.next().call == moa::CallId{2});
}

TEST_CASE("without a model every job fails at once, even while the inbox is full") {
  Inbox<Handed> inbox(1);
  inbox.put(Input(Tick{}));
  Workers workers(inbox);
  const auto failed = workers.start(job(1, {"anybody?"}));
  REQUIRE(failed);
  CHECK(failed->call == moa::CallId{1});
  CHECK(std::get<Error>(failed->said).code == Code::full);
}

TEST_CASE("a model that has become another is told of after the answer, one that has not is not") {
  class Pupil final : public Model {
   public:
    moa::Profile profile() const override { return {.kind = "pupil", .model = lessons_}; }
    Result<moa::Finished> generate(const Request& request, Sink&, std::stop_token) override {
      lessons_ = request.turns.at(0).text;
      return moa::Finished{.text = "I see"};
    }

   private:
    std::string lessons_;
  };
  Inbox<Handed> inbox(64);
  Workers workers(inbox);
  workers.use(std::make_unique<Pupil>(), nullptr);
  const auto next_is_errand = [&] { return std::holds_alternative<Errand>(*inbox.take(10s)); };
  workers.start(job(1, {"one"}));
  CHECK_FALSE(next_is_errand());
  CHECK(next_is_errand());
  workers.start(job(2, {"one"}));
  workers.start(job(3, {"two"}));
  CHECK_FALSE(next_is_errand());
  CHECK_FALSE(next_is_errand());
  CHECK(next_is_errand());
}

TEST_CASE("a model server that starts later is looked for until it is found, and the loop is told once") {
  std::atomic<int> looks = 0;
  Inbox<Handed> inbox(4);
  {
    Workers workers(inbox);
    const auto look = [&]() -> std::unique_ptr<Model> {
      return ++looks < 3 ? nullptr : std::make_unique<Parrot>(2);
    };
    workers.use(std::make_unique<Parrot>(1), look, 1ms);
    const auto told = inbox.take(10s);
    REQUIRE(told);
    CHECK(std::holds_alternative<Errand>(*told));
    workers.start(job(1, {"meanwhile"}));
    CHECK(inbox.take(10s).has_value());
  }
  CHECK(looks == 3);
}

TEST_CASE("workers end although a call would go on for ever") {
  Desk desk(1);
  desk.workers.start(job(1, {"wait"}));
}
