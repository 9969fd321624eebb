// What the ledger knows about a name, as the rule of votes wants it (poll.hpp), and who sits on its jury.
// Juries are drawn from the MEMBER records; drawing one looks at every elector, so the last are kept while
// the electorate stays the same.
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
  WallTime barred_from(const NodeId& node, const Ledger::Entry& entry) const;

  const Ledger* ledger_;
  const Roster* roster_;
  mutable std::map<Epoch, Electorate> electorates_;  // remembered answers only
};

}  // namespace grapevine::dns
