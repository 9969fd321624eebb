// What machines of this floor say. A rumor is a signed sentence about one member, verified before it is
// believed or passed on; messages go one hop and their sender is proven by the transport, never named in a
// field. Numbers 1-59 belong to this floor.
#pragma once

#include "crypto/certificate.hpp"

#include <variant>

namespace grapevine::gossip {

inline constexpr std::string_view rumor_purpose = "grapevine/gossip/1";

/// Where a node listens, opaque here: "host:port" addresses, separated by commas.
using Contact = Text<128>;
using Incarnation = std::uint32_t;  // raised only by its own node; at most 2^30 - 1
inline constexpr Incarnation incarnation_last = (1u << 30) - 1;

enum class Status : std::uint8_t { alive, suspect, dead, left };  // in the order in which news beats news
constexpr Status wire_last(Status) {
  return Status::left;
}
std::string_view name(Status status);

/// Why an accuser stopped believing: it got no answer, the connection ended, or a dial was refused.
enum class Evidence : std::uint8_t { silent, closed, refused };
constexpr Evidence wire_last(Evidence) {
  return Evidence::refused;
}
std::string_view name(Evidence evidence);

/// "I am here", signed by the node itself.
struct Alive {
  static constexpr std::string_view purpose = rumor_purpose;
  static constexpr std::uint8_t type = 1;
  static constexpr std::size_t payload_bytes_max = 640;
  NodeId node;
  Incarnation incarnation = 0;
  Contact contact;
  Signed<Certificate> certificate;
  static auto fields(auto& self) {
    return std::tie(self.node, self.incarnation, self.contact, self.certificate);
  }
};

/// "I do not hear it" (suspect) or "my patience has ended" (dead), signed by the accuser.
struct Accusation {
  static constexpr std::string_view purpose = rumor_purpose;
  static constexpr std::uint8_t type = 2;
  static constexpr std::size_t payload_bytes_max = 96;
  NodeId node;
  Incarnation incarnation = 0;
  NodeId accuser;
  Status verdict = Status::suspect;  // suspect or dead
  Evidence evidence = Evidence::silent;
  static auto fields(auto& self) {
    return std::tie(self.node, self.incarnation, self.accuser, self.verdict, self.evidence);
  }
};

/// "I am going", signed by the node itself.
struct Left {
  static constexpr std::string_view purpose = rumor_purpose;
  static constexpr std::uint8_t type = 3;
  static constexpr std::size_t payload_bytes_max = 64;
  NodeId node;
  Incarnation incarnation = 0;
  static auto fields(auto& self) { return std::tie(self.node, self.incarnation); }
};

/// One rumor on the wire: exactly one of the three is present.
struct Rumor {
  std::optional<Signed<Alive>> alive;
  std::optional<Signed<Accusation>> accusation;
  std::optional<Signed<Left>> left;
  static auto fields(auto& self) { return std::tie(self.alive, self.accusation, self.left); }
  bool operator==(const Rumor&) const = default;
};

using Root = Fixed<16>;
using Bulletin = Blob<48>;

/// The freshest word of a node about itself; newest (incarnation, number) wins.
struct Word {
  NodeId node;
  Incarnation incarnation = 0;
  std::uint32_t number = 0;
  Bulletin body;
  static auto fields(auto& self) { return std::tie(self.node, self.incarnation, self.number, self.body); }
};

/// First on a link, from the dialler.
struct Hello {
  static constexpr std::uint8_t number = 1;
  std::uint16_t version = 1;
  MeshId mesh;
  Incarnation incarnation = 0;
  static auto fields(auto& self) { return std::tie(self.version, self.mesh, self.incarnation); }
};

enum class Farewell : std::uint8_t { idle, budget, duplicate, leaving, other_mesh };
constexpr Farewell wire_last(Farewell) {
  return Farewell::other_mesh;
}
/// Last on a link.
struct Bye {
  static constexpr std::uint8_t number = 2;
  Farewell reason = Farewell::idle;
  static auto fields(auto& self) { return std::tie(self.reason); }
};

/// What a link is for: a neighbour is kept and passes broadcasts on; others come and go with a probe or a
/// question.
enum class Purpose : std::uint8_t { neighbour, errand };
constexpr Purpose wire_last(Purpose) {
  return Purpose::errand;
}
/// From who dialled a link, when it is to be a neighbour's and when it no longer is; the last word counts.
struct Neighbour {
  static constexpr std::uint8_t number = 22;
  Purpose purpose = Purpose::neighbour;
  static auto fields(auto& self) { return std::tie(self.purpose); }
};

/// What rides on every probe and its answer.
struct News {
  Root members;   // hash of the sender's member table
  Root registry;  // hash of its registry
  List<Word, 8> words;
  List<Rumor, 6> rumors;
  static auto fields(auto& self) { return std::tie(self.members, self.registry, self.words, self.rumors); }
};

struct Ping {
  static constexpr std::uint8_t number = 10;
  std::uint32_t probe = 0;
  News news;
  static auto fields(auto& self) { return std::tie(self.probe, self.news); }
};
struct Ack {
  static constexpr std::uint8_t number = 11;
  std::uint32_t probe = 0;
  WallTime clock{};  // the sender's
  News news;
  static auto fields(auto& self) { return std::tie(self.probe, self.clock, self.news); }
};
/// "Ask it for me."
struct PingRequest {
  static constexpr std::uint8_t number = 12;
  std::uint32_t probe = 0;
  NodeId target;
  static auto fields(auto& self) { return std::tie(self.probe, self.target); }
};
/// "It answers me."
struct IndirectAck {
  static constexpr std::uint8_t number = 13;
  std::uint32_t probe = 0;
  NodeId target;
  static auto fields(auto& self) { return std::tie(self.probe, self.target); }
};
/// "Not me either, so far; but I am here." `refused`: my own dial was, and nothing more will come.
struct Nack {
  static constexpr std::uint8_t number = 14;
  std::uint32_t probe = 0;
  NodeId target;
  Evidence evidence = Evidence::silent;
  static auto fields(auto& self) { return std::tie(self.probe, self.target, self.evidence); }
};
/// The death or departure I hold about you: raise your incarnation.
struct YouAreDown {
  static constexpr std::uint8_t number = 15;
  Rumor rumor;
  static auto fields(auto& self) { return std::tie(self.rumor); }
};

using GossipId = Fixed<16>;
enum class Topic : std::uint8_t { rumor, record, event };
constexpr Topic wire_last(Topic) {
  return Topic::event;
}
/// A broadcast, passed on by everybody who accepts it.
struct Parcel {
  static constexpr std::uint8_t number = 30;
  static constexpr std::uint16_t round_last = 0xffff;
  std::uint16_t round = 0;  // hops from its source; stays at its last
  Topic topic = Topic::record;
  Blob<4096> payload;
  static auto fields(auto& self) { return std::tie(self.round, self.topic, self.payload); }
};
/// "I have these": told to lazy neighbours instead of the payloads.
struct IHave {
  static constexpr std::uint8_t number = 31;
  static constexpr std::size_t names_max = 128;
  struct Name {
    GossipId id;
    std::uint16_t round = 0;  // the one a copy from here would have
    static auto fields(auto& self) { return std::tie(self.id, self.round); }
  };
  List<Name, names_max> names;
  static auto fields(auto& self) { return std::tie(self.names); }
};
/// "Tell me in full from now on, and this one at once" if one is named.
struct Graft {
  static constexpr std::uint8_t number = 32;
  std::optional<GossipId> id;
  static auto fields(auto& self) { return std::tie(self.id); }
};
/// "I have what you tell me; tell me names."
struct Prune {
  static constexpr std::uint8_t number = 33;
  static auto fields(auto&) { return std::tie(); }
};

/// One line of a member table.
struct Row {
  NodeId node;
  Incarnation incarnation = 0;
  Status status = Status::alive;
  static auto fields(auto& self) { return std::tie(self.node, self.incarnation, self.status); }
};

// Members are sorted into 32 branches of 32 leaves by the first bits of their ids.
inline constexpr std::size_t branches = 32;
inline constexpr std::size_t leaves_of_branch = 32;
/// "These are the sums of my branches."
struct Digest {
  static constexpr std::uint8_t number = 40;
  List<std::uint64_t, branches> sums;  // exactly one a branch
  static auto fields(auto& self) { return std::tie(self.sums); }
};
/// "Mine differ here; these are the sums of the leaves."
struct Branches {
  static constexpr std::uint8_t number = 41;
  static constexpr std::size_t branches_max = 8;  // the others later: rumors are told 64 at once anyway
  std::uint32_t which = 0;                        // a bit for each branch, from the lowest
  List<std::uint64_t, branches_max * leaves_of_branch> sums;  // 32 for each of these, ascending
  static auto fields(auto& self) { return std::tie(self.which, self.sums); }
};
/// "This is what I believe"; answered with the rumors in which the answerer is ahead, and its wish for the
/// others.
struct Rows {
  static constexpr std::uint8_t number = 42;
  List<std::uint16_t, Branches::branches_max * leaves_of_branch> leaves;  // covered whole; none: the table is
  List<Row, 1024> rows;
  static auto fields(auto& self) { return std::tie(self.leaves, self.rows); }
};
/// Rumors the asker lacks, and the nodes of which the answerer would like to hear.
struct Rumors {
  static constexpr std::uint8_t number = 43;
  List<Rumor, 64> rumors;
  List<NodeId, 64> wanted;
  static auto fields(auto& self) { return std::tie(self.rumors, self.wanted); }
};

using Message = std::variant<Hello, Bye, Ping, Ack, PingRequest, IndirectAck, Nack, YouAreDown, Neighbour,
                             Parcel, IHave, Graft, Prune, Digest, Branches, Rows, Rumors>;

}  // namespace grapevine::gossip
