// Recorded answers replayed as a mesh: each model is a device, and what an owner gets is what moa's choose()
// takes from the own answer and those of k peers. No device speeds, no network: how good, not how fast. The
// judge's preferences are the verdicts; what is learned from them is never used on the question they are of.
#pragma once

#include "moa/choose.hpp"
#include "node/eval/questions.hpp"

namespace grapevine::node::eval {

class Replay {
 public:
  /// Keeps a reference to the recordings.
  explicit Replay(const Recordings& recordings);

  std::size_t devices() const { return nodes_.size(); }
  std::size_t prompts() const { return recordings_->prompts.size(); }
  const std::vector<moa::Traits>& traits(std::size_t prompt) const { return traits_[prompt]; }
  const std::vector<double>& preferences(std::size_t prompt) const {
    return recordings_->prompts[prompt].preferences;
  }

  /// Points from 0 to 100, a prompt each: of one device alone, the mean of all, the best of all.
  std::vector<double> alone(std::size_t device) const;
  std::vector<double> at_random() const;
  std::vector<double> best() const;

  enum class Peers { random, best };  // best: by the quality learned so far
  /// Who asks, and whom.
  struct Plan {
    std::size_t k = 0;
    Peers peers = Peers::random;
    std::optional<std::size_t> owner = std::nullopt;  // nothing: the mean of all
    std::vector<double> weights = {};                 // how far each device is believed; nothing: fully
  };

  /// Points of what is chosen by a taste that does not change.
  std::vector<double> chosen(const Plan& plan, const moa::Taste& taste) const;
  /// The same while every answer is judged right after it was given, in the order of the file.
  std::vector<double> chosen_learning(const Plan& plan, moa::Taste taste) const;
  /// The same where the verdict is of the chosen answer alone, as from a person who saw no other.
  std::vector<double> chosen_learning_from_chosen(const Plan& plan, moa::Taste taste) const;
  /// The same with all verdicts but those of the prompt's own tenth learned; the seed deals the tenths.
  std::vector<double> chosen_cross_validated(const Plan& plan, const moa::Taste& untaught,
                                             std::uint64_t seed) const;

  /// Teaches the verdicts of all answers to a prompt, or to all.
  void teach(moa::Taste& taste, std::size_t prompt) const;
  moa::Taste taught(moa::Taste taste) const;

 private:
  double points(std::size_t prompt, const Plan& plan, const moa::Taste& taste) const;
  /// The device whose answer the owner is given.
  std::size_t choice(std::size_t prompt, std::size_t owner, const Plan& plan, const moa::Taste& taste) const;
  std::vector<std::size_t> peers_of(std::size_t prompt, std::size_t owner, const Plan& plan,
                                    const moa::Taste& taste) const;

  const Recordings* recordings_;
  std::vector<NodeId> nodes_;
  std::vector<std::vector<moa::Traits>> traits_;  // of the answers to each prompt
};

}  // namespace grapevine::node::eval
