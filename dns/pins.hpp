// What a name meant when this device first dealt with its bearer: trust on first use, as ssh has it for
// hosts. Votes make a name the only one of its mesh; a pin makes it the same one as last time, even where
// voters are few or bad. It binds a name to a NodeId, the hash of a birth record, so no rotation of keys
// disturbs it. A pinned name that leads elsewhere has *changed*: nothing is sent there and nothing answered
// about it until a person pins it anew. Pins are of this device alone, never sent, and never pruned: when all
// places are taken, new names stay fresh.
#pragma once

#include "crypto/result.hpp"
#include "dns/name.hpp"
#include "dns/store.hpp"

#include <map>

namespace grapevine::dns {

/// What a name leads to, against its pin: there is none; the same node; another one, or nobody.
enum class PinState : std::uint8_t { fresh, match, changed };
std::string_view name(PinState state);

struct Pin {
  Text<63> name;  // as it was claimed
  NodeId node;
  WallTime since;
  Text<63> petname;  // what this device alone calls the node; empty: as others do
  static auto fields(auto& self) { return std::tie(self.name, self.node, self.since, self.petname); }
};

class Pins {
 public:
  static constexpr std::size_t pins_max = 512;

  /// Those the store kept; it must outlive them.
  explicit Pins(Store& store);

  /// The pin of a name; nullptr when there is none. Valid until the next change.
  const Pin* find(const Skeleton& name) const;
  /// What PETNAME.local-pin means: the pin of that petname, else of that name.
  const Pin* called(const Skeleton& petname) const;
  const std::map<Skeleton, Pin>& all() const { return pins_; }

  /// Makes or replaces the pin of a name. full: there are `pins_max`; conflict: another has this petname.
  Result<void> put(const Pin& pin);
  /// Nothing happens when there is none.
  void erase(const Skeleton& name);

  /// That a pinned name leads to another node now, or to its own again; whether this is the first time it is
  /// said.
  bool is_news(const Skeleton& name, const NodeId& leads_to);

 private:
  Store* store_;
  std::map<Skeleton, Pin> pins_;
  std::map<Skeleton, NodeId> changed_;  // the pins that are known to be so; forgotten with this life
};

}  // namespace grapevine::dns
