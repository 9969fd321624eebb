#include "moa/admission.hpp"

#include <doctest/doctest.h>

namespace grapevine::moa {

namespace {
/// Queries of (1,2), four calls each, admitted in `run` when one is asked every `every`.
std::size_t admitted(Config config, Duration every, Duration run) {
  Admission admission(config, Random(1));
  std::size_t count = 0;
  for (Time now{}; now < Time(run); now += every) count += admission.refuse(4, 1s, now) ? 0u : 1u;
  return count;
}
}  // namespace

TEST_CASE("a query costs the theorem's (k+1)M+1 calls") {
  CHECK(calls_of({0, 0}) == 1);
  CHECK(calls_of({1, 1}) == 3);
  CHECK(calls_of({1, 2}) == 4);
  CHECK(calls_of({2, 1}) == 5);
  CHECK(calls_of({2, 2}) == 7);
  CHECK(calls_of({2, 3}) == 9);
}

TEST_CASE("over a long time admission lets in 0.95 of the theorem's rate, whatever is asked") {
  const double limit = 10'000.0 / 4;  // lambda c alpha = 1 for c = 4, alpha = 1 s
  const auto let_in = static_cast<double>(admitted({}, 400ms, 10'000s));
  CHECK(let_in / limit > 0.94);
  CHECK(let_in / limit < 0.96);
}

TEST_CASE("switched off, admission lets in everything") {
  CHECK(admitted({.admission = Admit::all}, 400ms, 10'000s) == 25'000);
}

TEST_CASE("below the limit nobody is refused") {
  CHECK(admitted({}, 4300ms, 4300s) == 1000);
}

TEST_CASE("a burst of twenty calls' work is let in at once, and no more") {
  Admission admission({}, Random(1));
  for (int i = 0; i < 5; ++i) CHECK_FALSE(admission.refuse(4, 1s, Time{}));
  CHECK(admission.level(Time{}) == 20s);
  CHECK(admission.refuse(4, 1s, Time{}));
  CHECK(admission.level(Time{}) == 20s);
}

TEST_CASE("a query that outweighs the whole bucket is let in when the bucket is empty") {
  Admission admission({}, Random(1));
  CHECK_FALSE(admission.refuse(9, 45s, Time{}));
  CHECK(admission.refuse(9, 45s, Time(100s)));
  CHECK_FALSE(admission.refuse(9, 45s, Time(430s)));
}

TEST_CASE("who waits as long as told is let in") {
  Admission admission({}, Random(1));
  for (int i = 0; i < 5; ++i) (void)admission.refuse(4, 1s, Time{});
  const auto wait = admission.refuse(4, 1s, Time{});
  REQUIRE(wait);
  CHECK(*wait >= 4s);
  CHECK_FALSE(admission.refuse(4, 1s, Time(*wait + 1ms)));
}

TEST_CASE("a wait is between one second and two minutes, and differs from refusal to refusal") {
  Random random(1);
  CHECK(jittered(1ms, random) >= 1s);
  CHECK(jittered(1h, random) <= 120s);
  CHECK(jittered(30s, random) != jittered(30s, random));
}

TEST_CASE("what may wait is twenty calls, within ten seconds and two minutes") {
  CHECK(Patience{}.bound(1ms) == 10s);
  CHECK(Patience{}.bound(2s) == 40s);
  CHECK(Patience{}.bound(1h) == 120s);
}

}  // namespace grapevine::moa
