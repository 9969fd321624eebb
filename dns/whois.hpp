// Everything this registry knows of one node, and how it knows: the keys it ever had, what stopped them, its
// names with what juries said of them, what convicts it, and of each record who told us of it and when. What
// DNS may show is presence.hpp; this is for a person who wants to know why a name is believed. Plain values,
// read from the ledger and the store when asked.
#pragma once

#include "dns/directory.hpp"

namespace grapevine::dns {

struct Whois {
  /// Of one link of the chain: the ID's is number 0, the n-th ROT's n.
  struct Key {
    std::uint32_t rot = 0;
    PublicKey key;
    RecordId record;
  };
  /// A SUSPEND or RETIRE, and the key it is about; a RETIRE is about all.
  struct Stop {
    std::uint32_t rot = 0;
    Cause cause = Cause::unsaid;
    RecordId record;
  };
  /// The word that expels it; who fell with whoever let it in has none of its own.
  struct Expelled {
    Revocation word;
    RecordId record;
  };
  /// What q of a jury have signed.
  struct Certified {
    Choice choice;
    std::vector<NodeId> voters;
    RecordId record;
  };
  /// A name it bears, with all that was voted on it, be it for others.
  struct Named {
    NameView view;
    std::vector<Certified> certificates;
    std::vector<Ballot> votes;  // those that no certificate has made superfluous
  };
  struct Accusation {
    Evidence::Kind kind = Evidence::Kind::none;
    RecordId record;
  };
  /// A record this rests on, and who told us of it, if that is still known.
  struct Held {
    RecordType type = RecordType::id;
    RecordId record;
    std::optional<Told> told;
  };

  NodeId node;
  std::optional<Certificate> certificate = {};
  bool is_member = false;  // its certificate holds now, and it was neither expelled nor retired
  std::optional<Expelled> expelled = {};
  std::vector<Key> keys = {};
  std::optional<Stop> suspended = {};
  std::optional<Stop> retired = {};
  std::vector<Named> names = {};
  std::vector<Accusation> evidence = {};
  std::vector<Held> records = {};
};

/// Requires: the ledger has an entry of the node.
Whois whois_of(const NodeId& node, const Directory& directory, const Ledger& ledger, const Roster& roster,
               WallTime now);

}  // namespace grapevine::dns
