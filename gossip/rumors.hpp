// Which rumors ride on the next message: first what concerns the addressee (it may object at once:
// Lifeguard's buddy system), then my own word, then what was told least. A rumor is known by the member it is
// about; its sentences are taken from the member table when it is told, so newer always replaces older.
#pragma once

#include "gossip/config.hpp"
#include "gossip/members.hpp"
#include "gossip/rides.hpp"

namespace grapevine::gossip {

class RumorMill {
 public:
  RumorMill(const Config& config, const Members& members)
      : config_(config), members_(members), rides_(config.rumors_max) {}

  /// There is news about this member.
  void tell(Peer about) { rides_.add(about); }
  /// Nothing more is said about this member.
  void hush(Peer about) { rides_.drop(about); }

  /// The rumors for one message to `addressee`: at most 6, and `rumor_bytes_max` of them.
  List<Rumor, 6> next(Peer addressee);
  std::size_t waiting() const { return rides_.size(); }

 private:
  const Config& config_;
  const Members& members_;
  Rides<Peer> rides_;
};

/// How many bytes a rumor takes on the wire, at most.
std::size_t wire_size(const Rumor& rumor);

}  // namespace grapevine::gossip
