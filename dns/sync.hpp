// Two registries become equal, cheaply. The side that met another root asks; the other answers from what it
// holds and remembers nothing:
//     Digest (sums of 256 buckets) -> Listing (short ids of the buckets that differ, as many as fit) ->
//     { Records the other lacks; Wanted 64 ids -> Records }...  -> Digest again, until nothing differs.
// One exchange per peer, at most 12 rounds of 2 048 ids; one message in flight, so a slow side is never
// flooded. While an exchange moves no other is begun, for it would fetch the same; up to four may hang. A
// first join of 4 000 records takes three rounds. (Anti-entropy is Demers et al., PODC 1987; splitting by
// hash is Merkle's; here with one level, which is enough for the 80 000 records a registry may hold.)
#pragma once

#include "dns/config.hpp"
#include "dns/effect.hpp"
#include "dns/record_set.hpp"
#include "dns/store.hpp"

#include <map>

namespace grapevine::dns {

class Sync {
 public:
  static constexpr std::size_t open_max = 4;
  static constexpr std::size_t rests_max = 1024;  // peers remembered until the next exchange may begin
  static constexpr unsigned rounds_max = 12;

  /// Both must outlive it.
  Sync(const Config& config, const RecordSet& mine, const Store& store);

  /// A peer's root differs: begin, unless an exchange with it is open or was just now.
  Effects meet(const NodeId& peer, Time now);

  /// Answers, from the registry alone.
  Effects answer(const NodeId& from, const Digest& digest, Time now);
  Effects answer(const NodeId& from, const Wanted& wanted) const;

  /// What the peer of an open exchange says; others are not listened to.
  Effects listed(const NodeId& from, const Listing& listing, Time now);
  /// The records of this turn have come and been looked at.
  Effects received(const NodeId& from, std::uint32_t turn, Time now);

  /// Ends the exchange with a peer that sent what nobody honest sends.
  void give_up(const NodeId& peer, Time now);
  void tick(Time now);
  Time deadline() const;

 private:
  struct Exchange {
    Time moved;  // when the peer last said something of use
    unsigned round = 1;
    std::uint32_t turn = 0;            // of the Wanted in flight; 0: a Digest is
    Fixed<8> difference = {};          // a hash of all that differed when this round began
    std::vector<ShortId> wanted = {};  // still to be asked for, next one last
    std::vector<RecordId> lacks = {};  // what the peer lacks, next one last
  };
  Effects ask(const NodeId& peer, Exchange& exchange, Time now);
  bool compare(Exchange& exchange, const Listing& listing) const;
  static void gather(Records& batch, std::size_t& bytes, View record);
  bool moves(Time now) const;
  void end(NodeId peer, Time now, Duration pause);
  void rest(const NodeId& peer, Time until);

  Config config_;
  const RecordSet* mine_;
  const Store* store_;
  std::uint32_t turns_ = 0;
  std::map<NodeId, Exchange> open_;
  std::map<NodeId, Time> rests_;  // no new exchange before
};

}  // namespace grapevine::dns
