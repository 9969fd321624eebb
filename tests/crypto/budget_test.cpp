// What a token bucket lets through.
#include "crypto/budget.hpp"

#include <doctest/doctest.h>

namespace grapevine {

namespace {
int spent(Budget& budget, int wanted, Time now) {
  int count = 0;
  for (; count < wanted && budget.has(1, now); ++count) budget.spend();
  return count;
}
}  // namespace

TEST_CASE("a budget gives its burst at once, then its rate, and saves no more than its burst") {
  Budget budget(2, 5);
  CHECK(spent(budget, 100, Time(10s)) == 5);
  CHECK(spent(budget, 100, Time(11s)) == 2);
  CHECK(spent(budget, 100, Time(1h)) == 5);
}

TEST_CASE("to ask a budget often gives no more than to ask it once") {
  Budget budget(2, 5);
  (void)spent(budget, 5, Time(10s));
  for (Duration later{}; later < 900ms; later += 100ms) (void)budget.has(1, Time(10s) + later);
  CHECK(spent(budget, 100, Time(11s)) == 2);
}

}  // namespace grapevine
