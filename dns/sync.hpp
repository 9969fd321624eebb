// Two registries become equal, cheaply. The side that met another root asks; the other answers from what it
// holds and remembers nothing:
//     Question (hashes of ranges under a fresh key) -> Comparison (of those that differ: ids, or hashes of
//     their sixteen parts) -> { Records the other lacks; Wanted 64 ids -> Records }... -> Question about the
//     parts,
// until no range is left. One exchange per peer and one message in flight, so a slow side is never flooded;
// while an exchange moves no other is begun, for it would fetch the same; up to four may hang. An honest
// descent takes five comparisons; twelve in a row that bring nothing end it. What a peer costs us that we did
// not ask is limited: the ids its questions make us hash, and the records it brings. (Anti-entropy: Demers et
// al., PODC 1987. Ranges: Meyer, "Range-based set reconciliation", SRDS 2023, and negentropy, with a keyed
// hash in place of their sums.)
#pragma once

#include "crypto/budget.hpp"
#include "crypto/random.hpp"
#include "dns/config.hpp"
#include "dns/effect.hpp"
#include "dns/record_set.hpp"
#include "dns/store.hpp"

#include <map>

namespace grapevine::dns {

class Sync {
 public:
  static constexpr std::size_t open_max = 4;
  static constexpr std::size_t peers_max = 1024;   // whose pauses and costs are remembered
  static constexpr unsigned idle_max = 12;         // comparisons in a row that brought nothing
  static constexpr std::size_t ranges_max = 4096;  // still to be asked about

  /// Ids that a peer may make us hash: whoever joins a full registry asks four times about each, and under a
  /// hundredth of a core answers the rest.
  static constexpr double hashed_at_once = 1'000'000, hashed_a_second = 100'000;
  /// Records that a peer may bring unasked: all there can be, once, and then what a large mesh says.
  static constexpr double brought_at_once = 80'000, brought_a_second = 50;

  /// The set and the store must outlive it.
  Sync(const Config& config, const RecordSet& mine, const Store& store, Random random);

  /// A peer's root differs: begin, unless an exchange with it is open or was just now.
  Effects meet(const NodeId& peer, Time now);

  /// Answers, from the registry alone, as far as the peer may still ask.
  Effects answer(const NodeId& from, const Question& question, Time now);
  Effects answer(const NodeId& from, const Wanted& wanted) const;

  /// What the peer of an open exchange says; others are not listened to.
  Effects compared(const NodeId& from, const Comparison& comparison, Time now);
  /// Whether records of this turn were asked for, or the peer may bring so many unasked.
  bool may_bring(const NodeId& from, std::uint32_t turn, std::size_t records, Time now);
  /// The records of this turn have come and been looked at.
  Effects received(const NodeId& from, std::uint32_t turn, Time now);

  /// Ends the exchange with a peer that sent what nobody honest sends.
  void give_up(const NodeId& peer, Time now);
  void tick(Time now);
  Time deadline() const;

 private:
  struct Exchange {
    Time moved;  // when the peer last said something of use
    RangeKey key;
    std::vector<Path> ranges;          // still to be asked about, next one last
    std::vector<Path> asked = {};      // by the Question in flight; none: a Wanted is
    std::vector<ShortId> wanted = {};  // still to be asked for, next one last
    std::vector<RecordId> lacks = {};  // what the peer lacks, next one last
    std::uint32_t turn = 0;            // of what is in flight
    Fixed<16> begun;                   // my root when this began
    Fixed<16> root;                    // and when something last came of it
    unsigned idle = 0;                 // comparisons since
    bool differs = false;              // a record was found that only one of us has
  };
  /// What a peer may still cost us.
  struct Allowance {
    Budget hashed{hashed_a_second, hashed_at_once};
    Budget brought{brought_a_second, brought_at_once};
  };
  Allowance* allowance_of(const NodeId& peer, Time now);
  bool awaits(const NodeId& from, std::uint32_t turn) const;
  Effects ask(const NodeId& peer, Exchange& exchange, Time now);
  Effects ask_ranges(const NodeId& peer, Exchange& exchange);
  Effects ask_records(const NodeId& peer, Exchange& exchange);
  bool take(Exchange& exchange, const Comparison& comparison) const;
  bool take_ids(Exchange& exchange, const Path& path, View ids) const;
  bool is_idle(Exchange& exchange) const;
  static void gather(Records& batch, std::size_t& bytes, View record);
  bool moves(Time now) const;
  void end(NodeId peer, Time now, Duration pause);
  void rest(const NodeId& peer, Time until);

  Config config_;
  const RecordSet* mine_;
  const Store* store_;
  Random random_;
  std::uint32_t turns_ = 0;
  std::map<NodeId, Exchange> open_;
  std::map<NodeId, Time> rests_;  // no new exchange before
  std::map<NodeId, Allowance> allowances_;
};

}  // namespace grapevine::dns
