// What the ledger knows about a name, as the rule of votes wants it (poll.hpp), and who sits on its jury.
// Juries are drawn from MEMBER records alone, those that have ended included, for a certificate is checked by
// the jury of its day as long as it lives (`Ledger::grounds_life`): so a jury of the past stays who it was.
// For the same reason evidence unseats nobody: a liar can vote twice in a term long past and so convict
// itself whenever it likes, and the certificates of that time would be true for some and false for others. A
// jury bears f liars, and an admin expels those who were found out, from a moment that it signs. Drawing a
// jury looks at every elector, so the last are kept while the electorate stays the same.
#pragma once

#include "dns/ledger.hpp"
#include "dns/poll.hpp"

namespace grapevine::dns {

class Polls {
 public:
  static constexpr std::size_t epochs_max = 32;  // for which electorates are kept
  static constexpr std::size_t juries_max = 512;

  /// A view upon these, which must outlive it.
  Polls(const Ledger& ledger, const Roster& roster) : ledger_(&ledger), roster_(&roster) {}

  /// All that is known of a name: who claims it now, what was voted, what is certified.
  Poll of(const Skeleton& name, WallTime now) const;
  /// See jury(), of the members now known.
  const std::vector<NodeId>& jury_of(const Skeleton& name, Epoch epoch) const;
  Quorum quorum(Epoch epoch) const { return quorum_of(electors(epoch)); }
  /// How many nodes may be drawn.
  std::size_t electors(Epoch epoch) const { return electorate_of(epoch).electors.size(); }
  bool is_juror(const NodeId& node, const Skeleton& name, Term term) const;

 private:
  struct Electorate {
    std::size_t as_of = 0;  // the ledger's count of roll changes when it was made
    std::vector<NodeId> electors = {};
    std::map<Skeleton, std::vector<NodeId>> juries = {};
  };
  Electorate& electorate_of(Epoch epoch) const;
  std::vector<Elector> members() const;
  WallTime barred_from(const NodeId& node) const;

  const Ledger* ledger_;
  const Roster* roster_;
  mutable std::map<Epoch, Electorate> electorates_;  // remembered answers only
};

}  // namespace grapevine::dns
