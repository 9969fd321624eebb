// The words a policy speaks. It is shown the devices that may be asked, and answers with a plan: which shape,
// and whom to ask in which order for each stage; or with a denial. It never sends anything: the origin
// carries plans out, the same way for every policy.
//
// Three policies, side by side (planner.hpp): ours buys at prices, the paper's draws uniformly, and the third
// joins the shortest queue it has heard of.
#pragma once

#include "moa/ask.hpp"
#include "moa/config.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace grapevine::moa {

/// A device that may be asked.
struct Candidate {
  NodeId node;
  Duration wait{};         // until a call sent now would begin, as its lanes would treat us
  Duration call{};         // how long one more call keeps the device busy
  Duration backlog{};      // all the work it holds
  double quality = 0;      // points its answers are worth above an unknown device's
  bool is_told = true;     // lately; otherwise the times are guesses
  bool may_merge = false;  // has a model that merges, and may be shown others' proposals
};

/// The world as one query sees it.
struct Outlook {
  std::optional<Candidate> own;  // this device; absent when it has no model, or may not answer this
  std::vector<Candidate> peers;  // in the order of their ids
  double use_mean = 0;           // work a second bought by the mean origin that buys at all
  Time now{};

  std::size_t devices() const { return peers.size() + (own ? 1 : 0); }
};

/// A device in the order in which it will be asked.
struct Offer {
  NodeId node;
  Duration price{};  // zero: not asked for, as in the paper
  Duration work{};   // of the call; zero: unknown, so that nobody can say when it is late
  double quality = 0;
  bool is_kept = false;  // counts as started from the beginning, so that it is never taken back
};

/// Whom to ask for one stage. More tickets than needed are sent where the first to start win.
struct Draw {
  std::vector<Offer> order;  // the first `tickets` at once; the others stand in for who cannot
  std::size_t tickets = 0;
  std::size_t needed = 0;
};

struct Plan {
  Shape wanted;
  Shape shape;                          // what will be tried
  Merging merging = Merging::choose;    // after the last layer
  Draw first;                           // of the first layer
  std::vector<std::string> shortfalls;  // why it is less than was wanted, for people
  bool is_asked_for = false;            // the asker named the shape: no layer of it is left out
  bool may_miss_one = false;            // the last proposer adds so little that nobody waits long for it
  Reckoning reckoning;                  // how it was chosen
};

/// No plan: come back after `wait`.
struct Denial {
  Duration wait{};
  std::string text;
};
using Decision = std::variant<Plan, Denial>;

/// The shape an asker named, or the configured one, as far as devices and consent allow; with a word for each
/// thing that was cut off.
Plan fitted(Shape wanted, const Config& config, const Outlook& outlook);

/// Until when a call of this stage may take, so that the later ones still fit: an equal share of what is
/// left, and of the last one a twentieth back, for the way.
Time call_deadline(Time now, Time until, std::uint32_t stages_left);

}  // namespace grapevine::moa
