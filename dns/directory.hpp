// What may be asked of a registry: who bears a name, who can do something, what a node is called. Answers
// come from the local replica, no query leaves the host; all depend on the wall time given, because leases
// and certificates end. A name that a jury has certified is `confirmed` and leads to its holder. Until then,
// and always in a mesh of fewer than four voters, a name with one live claim is `provisional`; with two it
// leads to nobody, unless one of the claimants is this very node, or the one the name was pinned to. A name
// that leads elsewhere than its pin says so, and what to do about it is for who asked (registry_social.cpp).
// A node whose key is suspended keeps its names and is shown without an address; a retired one is not shown
// at all.
#pragma once

#include "crypto/certificate.hpp"
#include "dns/pins.hpp"
#include "dns/polls.hpp"

namespace grapevine::dns {

enum class State : std::uint8_t { provisional, confirmed, lapsed, conflict_lost, conflict, id, suspended };
std::string_view name(State state);

/// Where a name or id leads.
struct Resolution {
  NodeId node;       // zero when a conflict leads to nobody
  std::string name;  // as claimed; of an id, what the node is called
  State state = State::id;
  WallTime since;       // of the claim, or of its certificates; of an id, of the admission
  WallTime held_until;  // when the claim ends, or sooner its certificate, or another's begins
  WallTime stale_by;    // when the first lease this rests on ends
  std::vector<Endpoint> endpoints = {};  // empty once the address lease has ended
  std::vector<Offering> services = {};
  std::vector<std::string> capabilities = {};  // as the node itself says
  std::vector<NodeId> claimants = {};          // all who claim the name now, ascending
  bool contradicts_itself = false;             // there is evidence: two devices with one identity, or a liar
  std::optional<NodeId> pinned = {};           // whom the name meant when it was pinned; an id means itself
  bool is_handed_over = false;  // by whom it is pinned to, to whom it leads now, signed by both

  PinState pin() const {
    return !pinned ? PinState::fresh : *pinned == node ? PinState::match : PinState::changed;
  }
};

/// One line of the list of names.
struct NameView {
  std::string name;
  State state = State::provisional;
  NodeId holder;
  WallTime lease_end;
  std::optional<Ledger::Handover> handover = {};  // agreed upon, not yet in effect
};

class Directory {
 public:
  static constexpr std::size_t id_prefix_min = 8;  // as many as lists show

  /// A view upon these, which must outlive it. `self` wins its own conflicts.
  Directory(const Ledger& ledger, const Roster& roster, const Polls& polls, const Pins& pins,
            const NodeId& self, std::string_view zone_parent);

  /// By NAME, NAME.<zone>, ID, ID.id.<zone> or PETNAME.local-pin. unknown when nothing live
  /// answers to it; malformed when it can be no name.
  Result<Resolution> resolve(std::string_view name_or_id, WallTime now) const;
  /// The node that bears a name, or has an id, retired or not. Errors as resolve(); conflict when the name
  /// leads to nobody.
  Result<NodeId> node_of(std::string_view name_or_id, WallTime now) const;
  /// At most `limit` of those whose name begins so, by skeleton; then, of at least `id_prefix_min`
  /// characters, those whose id does.
  std::vector<Resolution> beginning_with(std::string_view prefix, WallTime now, std::size_t limit) const;
  /// At most `limit` nodes with a live address that say they can do all of these, by ascending id.
  std::vector<Resolution> find(const std::vector<std::string>& capabilities, WallTime now,
                               std::size_t limit) const;
  /// Every name held or lately lapsed, by skeleton, then holder; and those of one node.
  std::vector<NameView> names(WallTime now) const;
  std::vector<NameView> names_of(const NodeId& node, WallTime now) const;
  /// The node's least live name, else its certificate's label, else the name its id generates.
  std::string display_name(const NodeId& node, WallTime now) const;

 private:
  using Asked = std::variant<NodeId, Skeleton>;
  Result<Asked> parse(std::string_view name_or_id) const;
  void add_views(const Skeleton& skeleton, const std::vector<NodeId>& claimants, WallTime now,
                 std::vector<NameView>& views) const;
  Result<Resolution> resolve_id(const NodeId& node, WallTime now) const;
  Result<Resolution> resolve_name(const Skeleton& skeleton, WallTime now) const;
  void compare(Resolution& resolution, const Skeleton& skeleton, const Pin& pin, WallTime now) const;
  State state_of(const NodeId& bearer, const Poll& poll, WallTime now) const;
  std::vector<Ledger::LiveClaim> live_claims(const Skeleton& skeleton, WallTime now) const;
  bool is_name_of_another(std::string_view label, const NodeId& node, WallTime now) const;
  void fill_address(Resolution& resolution, WallTime now) const;

  const Ledger* ledger_;
  const Roster* roster_;
  const Polls* polls_;
  const Pins* pins_;
  NodeId self_;
  std::string_view zone_parent_;
};

}  // namespace grapevine::dns
