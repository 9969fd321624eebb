// What is wrong with this node's place in the mesh, and what to do about it. Every check looks at plain
// values and makes one finding, in words for people; none of them waits for anything or changes anything.
// What this node cannot know by itself it says so, and that is no fault.
#pragma once

#include "gossip/gossip.hpp"
#include "node/api_answer.hpp"
#include "node/core.hpp"
#include "node/surroundings.hpp"

namespace grapevine::node {

enum class Verdict { well, unknown, wrong };
std::string_view name(Verdict verdict);

struct Finding {
  std::string_view check;  // "dialled", "address", "company", "certificate", "store" and so on
  Verdict verdict = Verdict::well;
  std::string what;
  std::string advice = {};  // only for what is wrong
};

/// Everything the checks look at.
struct Patient {
  NodeId self;
  WallTime now = {};
  WallTime certificate_ends = {};
  Voice voice = Voice::heard;                    // of this device
  moa::Ability ability = moa::Ability::none;     // what answers here
  std::size_t others_answering = 0;              // devices that are here and have a model
  std::vector<gossip::MemberView> members = {};  // oneself included
  std::vector<gossip::GapView> gaps = {};
  std::vector<gossip::ClockView> clocks = {};
  NodeNames names = {};
  Surroundings around = {};
};
Patient patient(const Core& core, Surroundings around, Now now);

/// Clocks further apart than this want setting: a tenth of what signed statements bear.
inline constexpr std::chrono::minutes clock_apart_max{1};
/// A certificate with less left than this should have been renewed: that is due from half of its thirty days,
/// and by three quarters even by those who did not sign it last.
inline constexpr std::chrono::hours certificate_left_least{7 * 24};

/// One finding a check, always the same checks in the same order.
std::vector<Finding> examine(const Patient& patient);
/// {"well","findings":[{"check","verdict","finding","advice"}]}.
std::string doctor_json(const std::vector<Finding>& findings);

}  // namespace grapevine::node
