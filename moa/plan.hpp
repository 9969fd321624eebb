// Which plan a query gets and whom it asks: the one seam of policy. This is the paper's: the shape is what
// was asked for, the k proposers of a layer are drawn uniformly from all who may be asked, the own device
// always takes part. Pure functions of what is known; a cleverer policy replaces them and is measured against
// them.
#pragma once

#include "crypto/random.hpp"
#include "moa/ask.hpp"
#include "moa/config.hpp"

#include <optional>
#include <string>
#include <vector>

namespace grapevine::moa {

/// What there is to plan with.
struct Circumstances {
  bool has_own_model = false;
  bool has_only = false;       // Ask::only names a device that may be asked
  std::size_t candidates = 0;  // peers that may be asked
};

struct Plan {
  Shape shape;                          // what will be tried
  std::vector<std::string> shortfalls;  // why it is less than was wanted, for people
};

/// The plan, or nothing when nobody is there to answer.
std::optional<Plan> plan(const Ask& ask, const Config& config, const Circumstances& there);

/// The proposers of one layer: at most k different ones, uniformly.
std::vector<NodeId> draw_proposers(std::vector<NodeId> candidates, std::size_t k, Random& random);

/// Until when a call of this stage may take, so that the later ones still fit: an equal share of what is
/// left, and of the last one a twentieth back, for the way.
Time call_deadline(Time now, Time until, std::uint32_t stages_left);

}  // namespace grapevine::moa
