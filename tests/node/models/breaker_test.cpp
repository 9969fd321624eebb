#include "node/models/breaker.hpp"

#include "tests/node/models/asked.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::node;

namespace {

Time at(Duration since_start) {
  return Time(since_start);
}

void fail_three_times(Breaker& breaker, Duration when) {
  for (int i = 0; i < 3; ++i) breaker.failed(at(when));
}

/// Fails in one way and counts how often it was asked.
struct Failing final : Model {
  Code code;
  int& calls;
  Failing(Code with, int& counted) : code(with), calls(counted) {}
  moa::Profile profile() const override { return {.kind = {"openai"}}; }
  Result<moa::Finished> generate(const Request&, Sink&, std::stop_token) override {
    ++calls;
    return fail(code, "as told");
  }
};

int calls_of_ten(Code code, Duration time_left) {
  int calls = 0;
  GuardedModel guarded(std::make_unique<Failing>(code, calls));
  for (int i = 0; i < 10; ++i) static_cast<void>(test::answer(guarded, "x", time_left));
  return calls;
}

}  // namespace

TEST_CASE("two failures do not open the breaker, the third does") {
  Breaker breaker;
  breaker.failed(at(1s));
  breaker.failed(at(1s));
  CHECK(breaker.allows(at(1s)));
  breaker.failed(at(1s));
  CHECK(breaker.is_open());
  CHECK_FALSE(breaker.allows(at(1s)));
}

TEST_CASE("failures count only when they come in a row") {
  Breaker breaker;
  for (int i = 0; i < 10; ++i) {
    breaker.failed(at(1s));
    breaker.failed(at(1s));
    breaker.succeeded();
  }
  CHECK_FALSE(breaker.is_open());
}

TEST_CASE("an open breaker lets one probe through after five seconds") {
  Breaker breaker;
  fail_three_times(breaker, 10s);
  CHECK_FALSE(breaker.allows(at(15s - 1us)));
  CHECK(breaker.allows(at(15s)));
  CHECK_FALSE(breaker.allows(at(15s)));
}

TEST_CASE("a probe that succeeds closes the breaker") {
  Breaker breaker;
  fail_three_times(breaker, 0s);
  REQUIRE(breaker.allows(at(5s)));
  breaker.succeeded();
  CHECK(breaker.allows(at(5s)));
  CHECK(breaker.allows(at(5s)));
}

TEST_CASE("a probe that never reports back is followed by another") {
  Breaker breaker;
  fail_three_times(breaker, 0s);
  REQUIRE(breaker.allows(at(5s)));
  CHECK(breaker.allows(at(10s)));
}

TEST_CASE("the wait doubles from five seconds to a minute and stays there") {
  CHECK(Breaker::wait_after(2) == 0s);
  CHECK(Breaker::wait_after(3) == 5s);
  CHECK(Breaker::wait_after(4) == 10s);
  CHECK(Breaker::wait_after(6) == 40s);
  CHECK(Breaker::wait_after(7) == 60s);
  CHECK(Breaker::wait_after(4'000'000'000u) == 60s);
}

TEST_CASE("a server that fails is asked three times, then left alone") {
  CHECK(calls_of_ten(Code::unavailable, 60s) == 3);
  CHECK(calls_of_ten(Code::malformed, 60s) == 3);
  CHECK(calls_of_ten(Code::expired, 60s) == 3);
}

TEST_CASE("an unknown prompt or a hurried caller is no failure of the server") {
  CHECK(calls_of_ten(Code::unknown, 60s) == 10);
  CHECK(calls_of_ten(Code::expired, 1s) == 10);
}
