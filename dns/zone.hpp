// The names of a mesh as DNS records. Records are rendered when a node's presence changes, never when a query
// comes, so an answer is one lookup and a copy. What time changes, the TTL that never exceeds the lease that
// remains, is patched into the copy.
//
//     <id>.id.<zone>                              A AAAA TXT   every member, always
//     <name>.<zone>                               A AAAA TXT   confirmed names; others by choice
//     <name>._grapevine._tcp.<zone>               SRV TXT      an instance of a service (DNS-SD, RFC 6763)
//     _grapevine._tcp.<zone>                      PTR          to the instances; _services._dns-sd._udp to it
//     _<capability>._sub._grapevine._tcp.<zone>   PTR          to those that say they can do it
//     <zone>                                      SOA NS       the name server is ns.<zone>
//
// The zone is a value in memory that belongs to the thread that answers. The registry on disk stays the only
// truth: rendering ten thousand nodes from it takes a second and 24 MiB (scripts/bench names), so a second
// table on disk would buy nothing but a second thing to repair.
#pragma once

#include "dns/presence.hpp"
#include "dns/render.hpp"

#include <unordered_map>

namespace grapevine::dns {

inline constexpr std::size_t instances_shown_max = 64;  // in one PTR answer

/// Records that follow one another in a message, and how many they are.
struct Section {
  Bytes& bytes;
  std::uint16_t count = 0;
};

class Zone {
 public:
  struct Rules {
    std::string origin;             // "home.internal"
    NodeId self = {};               // its own names are shown in any state, its own addresses of any kind
    bool provisional = false;       // whether names that are not confirmed yet are shown
    Bytes server = {127, 0, 0, 1};  // of ns.<zone>: 4 or 16 bytes
  };
  explicit Zone(Rules rules);

  /// Replaces what was shown of that node.
  void show(const Presence& presence);

  enum class Outcome { outside, no_such_name, no_such_type, found };
  /// Appends the records of a name (in lower-case wire form; it stands at byte 12 of the message) and type.
  /// `turn` chooses with which instance a list that is too long begins.
  Outcome answer(std::string_view name, Type type, WallTime now, std::uint16_t turn, Section& section) const;
  /// Appends the SOA that goes with no_such_name and no_such_type. Requires: the name is in the zone.
  void deny(std::string_view name, Section& section) const;

 private:
  /// Records of one type, one after the other; each begins with a pointer to byte 12.
  struct Set {
    Type type = Type::a;
    std::uint32_t ttl = 0;
    WallTime until;
    Bytes records = {};
  };
  struct Shown;
  struct Owner {
    Shown* bringer = nullptr;  // whose name it is; none: the zone's own
    WallTime until;            // the end of the name
    std::vector<Set> sets;     // none: there are only names below it, and so it exists (RFC 8020)
    std::vector<const Shown*> instances = {};  // when it is a type of service: who offers it, by id
  };
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  /// By name in wire form, without the zone.
  using Owners = std::unordered_map<std::string, Owner, Hash, std::equal_to<>>;
  /// What is shown of one node.
  struct Shown {
    NodeId node;
    std::vector<Owners::value_type*> owners = {};  // those it brought, and the types that list it
    Set instance = {};                             // a PTR, the same in all lists
  };
  /// Until when a name, and the records under it, hold.
  struct Lease {
    WallTime name;
    WallTime records;
  };

  void show_apex();
  void show_title(Shown& shown, const Presence& presence, const Presence::Title& title);
  void show_instance(Shown& shown, const Presence& presence, const Presence::Title& title);
  void add(Shown* bringer, std::string_view label, Lease lease, Type type, const Bytes& bytes);
  void add_to_list(Shown& shown, std::string_view label);
  void hide(const NodeId& node);
  void count_change();
  bool shows(const Presence::Title& title, const NodeId& node) const;
  bool contains(std::string_view name) const;
  std::string full(std::string_view label) const;
  static Outcome answer_instances(const Owner& owner, WallTime now, std::uint16_t turn, Section& section);

  const Rules rules_;
  std::string origin_;  // in wire form
  Bytes soa_;
  Owners owners_;
  std::map<NodeId, Shown> shown_;
};

/// Whether others may be sent there: not to 0.0.0.0, loopback, link-local, multicast or broadcast, where a
/// name of this mesh would lead into the reader's own machine (DNS rebinding).
bool is_routable(View ip);

}  // namespace grapevine::dns
