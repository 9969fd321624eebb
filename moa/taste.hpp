// Which of several answers will be liked best, learned from verdicts. The score of an answer is linear in its
// traits (traits.hpp): weights all devices share, which are the taste of who judges here, and for each judged
// device its own deviation from them, which is how good the device is and how its traits are to be read
// (agreement with a weak device's answer says little, with a strong one's much). Everything is *centred on
// the answers to the same question*, because a verdict tells which is better, not how hard the question was;
// bench/alpaca has the control that is not.
//
// Before the first verdict the shared weights are learned from AlpacaEval, and count as fifty verdicts:
// layout is that judge's taste, and yours wears it down.
#pragma once

#include "crypto/identity.hpp"
#include "crypto/result.hpp"
#include "moa/ridge.hpp"
#include "moa/traits.hpp"

#include <optional>
#include <vector>

namespace grapevine::moa {

/// Learned from 444 prompts of AlpacaEval as if nothing were known of the five devices: printed by
/// `scripts/bench alpaca --write-prior`.
inline constexpr Traits alpaca_eval_weights = {0.041, 0.023, 0.050, 0.007};

class Taste {
 public:
  static constexpr std::size_t voices_max = 32;  // a household's; the sums then take 110 KiB
  /// A device judged so often is known: its score may be believed without margin.
  static constexpr std::uint32_t verdicts_enough = 30;

  explicit Taste(const Traits& beforehand = alpaca_eval_weights);

  /// How well each answer will be liked, compared with the others: verdicts minus their mean. Requires: one
  /// voice an answer.
  std::vector<double> scores(const std::vector<NodeId>& voices, const std::vector<Traits>& answers) const;

  /// Learns verdicts from 0 to 1 about some of the answers to one question. Several are compared with each
  /// other; a lone one with the usual lone verdict. At most `voices_max` devices are remembered; one more
  /// takes the place of the least judged.
  void learn(const std::vector<NodeId>& voices, const std::vector<Traits>& answers,
             const std::vector<std::optional<double>>& verdicts);

  bool knows(const NodeId& voice) const;
  /// How much better a device was judged than the others beside it, in points of 100; 0 until it is known.
  double quality(const NodeId& voice) const;
  /// What was learned, for the disk; malformed when it was not written by encode().
  Bytes encode() const;
  static Result<Taste> decode(View bytes, const Traits& beforehand = alpaca_eval_weights);

 private:
  struct Voice {
    NodeId node;
    std::uint32_t verdicts = 0;
    double lead = 0;  // the sum of its verdicts minus those beside it
  };
  struct Stored;

  std::optional<std::size_t> find(const NodeId& voice) const;
  void make_place(const NodeId& voice);
  /// The answer's traits at the places of the weights that apply to it: all devices', and its own.
  std::vector<double> row_of(const NodeId& voice, const Traits& traits) const;
  /// The weights anew; false when the sums are none that could have been learned.
  bool refit();

  Traits beforehand_;
  std::vector<Voice> voices_;  // in the order of their weights
  Ridge seen_;
  std::vector<double> weights_;
  double lone_sum_ = 0.5;  // of verdicts that came alone, and one in the middle to begin with
  double lone_count_ = 1;
};

}  // namespace grapevine::moa
