// The paper's policy (Mitra, Kaswan, Ulukus 2024, Algorithm 1): the shape is what was asked for, in every
// layer the own device and k peers drawn uniformly propose, and the own model merges. Who is let in is for
// Theorem 1 to say (admission.hpp).
#pragma once

#include "moa/admission.hpp"
#include "moa/plan.hpp"

#include <optional>

namespace grapevine::moa {

class PaperPolicy {
 public:
  PaperPolicy(const Config& config, Random random)
      : config_(config), random_(random), admission_(config, Random(random_.next())) {}

  Decision decide(const Ask& ask, const Outlook& outlook);
  std::optional<Draw> next_layer(const Plan& plan, std::uint8_t layers_done, const Outlook& outlook);
  Draw mergers(const Outlook& outlook) const;

 private:
  Draw draw(std::size_t proposers, const Outlook& outlook);

  Config config_;
  Random random_;
  Admission admission_;
};

}  // namespace grapevine::moa
