// The price of a call, and what quality it buys: pure arithmetic. Every device publishes how much work it
// holds (load.hpp). From that an origin computes the seconds one more call costs there: the wait, as the
// lanes would treat us, and the work of the call itself.
//
//     at home     min(W, 2 own + residual)           + alpha    (the own lane has half of the device)
//     elsewhere   min(W, 2 foreign + alpha) + unseen + alpha    (unseen: what we sent and it cannot know yet)
//
// A query has a patience, theta: the longest it would wait for one call, twenty mean calls of the fastest
// device. An answer of one device alone is worth just that, so a point of quality is worth V = theta / U(0,0)
// seconds. Among the own device and a few others, drawn with weight 1/alpha (more often what is faster) and
// for what they know of the question (sketch.hpp), the plan with the best
//     value(M,k) = V U(M,k) - M * (sum of the k+1 best prices) - (merged by a model ? best price : 0)
// is taken; when even the best has no value, the query is refused. So quality gives way before answers do: as
// prices rise, the menu is walked down along its concave hull, and only from (0,0) one falls off.
//
// Who uses more than his share finds all dearer: to an origin that buys D times the work the mean one buys,
// D > 1, a second of waiting counts D times, and the points beyond one answer count for a D-th. So it gives
// up quality long before the others do; it is still answered while devices are to be had.
//
// What follows (sketches):
// 1. Bound. lanes.hpp: no device holds more than max(B_own, w) + max(B_for, w) + residual, whatever we think.
// 2. Throughput. Take L = 1/2 sum mu_j W_j^2. A call sent to j raises L by W_j + O(alpha). The cheapest of
//    candidates drawn with weight 1/alpha raise it by no more than the split in proportion to speed would,
//    and that split is stable below full capacity. Late news adds a constant: |W - believed| grows by what
//    arrives in one bulletin interval. The credit for quality is at most theta/2, a constant too.
// 3. Utility. Value is drift plus penalty with weight V (Neely 2010): the mean quality is within
//    O((alpha + interval) / theta) of the best any policy could have, with a backlog of O(theta).
// 4. Incentive. A lie about the own load buys the liar refused tickets or idleness; the own lane has half of
//    its device whenever its owner needs it.
#pragma once

#include "crypto/random.hpp"
#include "moa/load.hpp"
#include "moa/plan.hpp"

#include <vector>

namespace grapevine::moa {

/// How long a call would wait at this device's own lane, and in the foreign lane of another.
Duration wait_at_home(const Load& load);
Duration wait_elsewhere(const Load& load, Duration unseen);

/// How an origin weighs seconds against quality now.
struct Purse {
  Duration patience{};  // theta
  Duration fastest{};   // the shortest mean call there is
  double worth = 0;     // of a point, in seconds
  double dearness = 1;  // of a second of waiting, and of the points beyond one answer
};
/// `use` is the work a second its queries buy. Requires: a device to ask.
Purse purse_of(const Outlook& outlook, const Config& config, double use);

/// The own device and at most `count` others, drawn with weight 1/alpha, the cheapest first; devices not
/// heard of lately only where others are too few. Up to half as many more are those of the best quality.
std::vector<Offer> rank(const Outlook& outlook, std::size_t count, const Purse& purse, Random& random);

/// What one layer of k + 1 proposals costs; (0, 0) is one call.
Duration layer_price(Shape shape, const std::vector<Offer>& cheapest_first);

/// What a row is worth at these prices, in seconds; `merge` is the price of the call that merges.
double value(const Row& row, const std::vector<Offer>& cheapest_first, Duration merge, const Purse& purse);

}  // namespace grapevine::moa
