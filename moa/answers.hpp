// The answers given lately and what is learned when somebody judges them. Of each proposal only its traits
// are kept (traits.hpp), never its text; so a verdict may come hours later and costs a few numbers. What is
// learned changes how long answers are chosen (choose.hpp) and whom it is worth asking (price.hpp). A short
// answer to a short question is kept whole, in memory and 4 KiB at most, since once found right it makes a
// canary (canary.hpp).
//
// Quoted passages are ranked by evidence, not by taste: they cannot be judged here.
#pragma once

#include "moa/canary.hpp"
#include "moa/choose.hpp"
#include "moa/provenance.hpp"
#include "moa/taste.hpp"

#include <deque>
#include <map>
#include <vector>

namespace grapevine::moa {

/// How well a proposal was, from 0 to 1, by the device that made it.
using Scores = std::map<NodeId, double>;

class Answers {
 public:
  /// Keeps the latest `most`.
  Answers(std::size_t most, Taste taste) : most_(most), taste_(std::move(taste)) {}

  /// `answered` holds the question and what was answered.
  void add(Provenance provenance, const std::vector<Spoken>& proposals, Canary answered);

  /// Learns from one verdict on an answer. An empty id means the latest answer; without scores for devices,
  /// `overall` is that of the proposal which became the answer. Each answer is judged once. Returns the
  /// devices it spoke of. Errors: unknown answer or device, conflict (judged before, or merged from several
  /// so that nobody can say whose merit it is), malformed (a score outside 0 to 1).
  Result<std::vector<NodeId>> judge(const std::optional<QueryId>& query, Scores scores,
                                    std::optional<double> overall);

  const Taste& taste() const { return taste_; }
  /// The questions whose answers were found right.
  Canaries& canaries() { return canaries_; }
  std::size_t size() const { return given_.size(); }
  /// The record of an answer; nullptr when it is forgotten. The latest without an id.
  const Provenance* find(const std::optional<QueryId>& query) const;

 private:
  struct Given {
    Provenance provenance;
    std::vector<NodeId> voices;    // of the proposals that can be judged
    std::vector<Traits> traits;    // of the same
    std::optional<Canary> canary;  // once the answer is found right
    bool is_judged = false;
  };
  std::optional<std::size_t> place(const std::optional<QueryId>& query) const;

  std::size_t most_;
  Taste taste_;
  Canaries canaries_;
  std::deque<Given> given_;  // newest last
};

}  // namespace grapevine::moa
