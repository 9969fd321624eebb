#include "dns/directory.hpp"

#include "crypto/match.hpp"
#include "dns/name.hpp"

#include <algorithm>

namespace grapevine::dns {

namespace {

constexpr std::size_t id_characters = 52;  // longer than any name: the two cannot be mixed up
constexpr std::string_view petname_suffix = ".local-pin";

bool strip_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

}  // namespace

Directory::Directory(const Ledger& ledger, const Roster& roster, const Polls& polls, const Pins& pins,
                     const NodeId& self, std::string_view zone_parent)
    : ledger_(&ledger),
      roster_(&roster),
      polls_(&polls),
      pins_(&pins),
      self_(self),
      zone_parent_(zone_parent) {}

Result<Resolution> Directory::resolve(std::string_view name_or_id, WallTime now) const {
  const auto asked = parse(name_or_id);
  if (!asked) return fail(asked.error());
  return match(
      *asked, [&](const NodeId& node) { return resolve_id(node, now); },
      [&](const Skeleton& skeleton) { return resolve_name(skeleton, now); });
}

Result<NodeId> Directory::node_of(std::string_view name_or_id, WallTime now) const {
  const auto asked = parse(name_or_id);
  if (!asked) return fail(asked.error());
  if (const auto* node = std::get_if<NodeId>(&*asked)) {
    if (ledger_->find(*node) == nullptr) return fail(Code::unknown, "no member has this id");
    return *node;
  }
  const auto found = resolve_name(std::get<Skeleton>(*asked), now);
  if (!found) return fail(found.error());
  if (found->node == NodeId{})
    return fail(Code::conflict, "several devices claim this name, so it leads to none; give an id instead");
  return found->node;
}

std::vector<Resolution> Directory::beginning_with(std::string_view prefix, WallTime now,
                                                  std::size_t limit) const {
  const std::string lower = folded(prefix);
  std::vector<Resolution> found;
  const auto add = [&](Result<Resolution> resolution) {
    if (resolution && found.size() < limit) found.push_back(*std::move(resolution));
  };
  for (const auto& [skeleton, claimants] : ledger_->claims()) {
    const auto begins = [&, &name = skeleton](const NodeId& node) {
      return ledger_->find(node)->find(name)->label.starts_with(lower);
    };
    if (std::any_of(claimants.begin(), claimants.end(), begins)) add(resolve_name(skeleton, now));
  }
  if (lower.size() < id_prefix_min) return found;
  for (const auto& [node, entry] : ledger_->entries()) {
    if (to_string(node).starts_with(lower)) add(resolve_id(node, now));
  }
  return found;
}

std::vector<Resolution> Directory::find(const std::vector<std::string>& capabilities, WallTime now,
                                        std::size_t limit) const {
  std::vector<Resolution> found;
  const auto consider = [&](const NodeId& node) {
    for (const auto& capability : capabilities) {
      if (!ledger_->is_capable(capability, node)) return;
    }
    const auto* entry = ledger_->find(node);
    if (entry == nullptr || !entry->address || entry->address->ends <= now || entry->suspended) return;
    if (auto resolution = resolve_id(node, now)) found.push_back(*std::move(resolution));
  };
  if (capabilities.empty()) {
    for (auto at = ledger_->entries().begin(); at != ledger_->entries().end() && found.size() < limit; ++at)
      consider(at->first);
    return found;
  }
  for (auto node = ledger_->capable_after(capabilities.front(), NodeId{}); node && found.size() < limit;
       node = ledger_->capable_after(capabilities.front(), *node))
    consider(*node);
  return found;
}

std::vector<NameView> Directory::names(WallTime now) const {
  std::vector<NameView> views;
  for (const auto& [skeleton, claimants] : ledger_->claims()) add_views(skeleton, claimants, now, views);
  return views;
}

std::vector<NameView> Directory::names_of(const NodeId& node, WallTime now) const {
  std::vector<NameView> views;
  for (const auto& [skeleton, claimants] : ledger_->claims()) {
    const auto concerns_it = [&, &name = skeleton](const NodeId& claimant) {
      const auto& handover = ledger_->find(claimant)->find(name)->handover;
      return claimant == node || (handover && handover->to == node);
    };
    if (std::any_of(claimants.begin(), claimants.end(), concerns_it))
      add_views(skeleton, claimants, now, views);
  }
  std::erase_if(views, [&](const NameView& view) { return view.holder != node; });
  return views;
}

/// The live claims of a name, then those that lately lapsed.
void Directory::add_views(const Skeleton& skeleton, const std::vector<NodeId>& claimants, WallTime now,
                          std::vector<NameView>& views) const {
  const Poll poll = polls_->of(skeleton, now);
  for (const auto& claim : live_claims(skeleton, now)) {
    const auto& handover = claim.head->handover;
    views.push_back({.name = claim.head->label,
                     .state = state_of(claim.bearer, poll, now),
                     .holder = claim.bearer,
                     .lease_end = claim.head->ends,
                     .handover = handover && handover->to != claim.bearer ? handover : std::nullopt});
  }
  for (const NodeId& node : claimants) {
    const auto& head = *ledger_->find(node)->find(skeleton);
    const bool lapsed = head.ends <= now && !head.given_up && roster_->is_member(node, now);
    if (lapsed)
      views.push_back({.name = head.label, .state = State::lapsed, .holder = node, .lease_end = head.ends});
  }
}

std::string Directory::display_name(const NodeId& node, WallTime now) const {
  if (const auto* entry = ledger_->find(node)) {
    const auto live =
        std::find_if(entry->names.begin(), entry->names.end(), [&](const Ledger::NameHead& head) {
          return !head.given_up && head.ends > now && ledger_->outcome_of(node, head, now).bearer == node;
        });
    if (live != entry->names.end()) return live->label;
  }
  const Certificate* certificate = roster_->find(node);
  const bool has_label = certificate != nullptr && !certificate->label.empty();
  return has_label && !is_name_of_another(certificate->label, node, now) ? std::string(certificate->label)
                                                                         : generated_name(node).text();
}

bool Directory::is_name_of_another(std::string_view label, const NodeId& node, WallTime now) const {
  const auto live = live_claims(skeleton_of(label), now);
  return std::any_of(live.begin(), live.end(), [&](const auto& claim) { return claim.bearer != node; });
}

Result<Directory::Asked> Directory::parse(std::string_view name_or_id) const {
  const std::string lower = folded(name_or_id);
  std::string_view label = lower;
  strip_suffix(label, ".");
  if (strip_suffix(label, petname_suffix)) {
    const Pin* pin = pins_->called(skeleton_of(label));
    return pin != nullptr ? Result<Asked>(pin->node)
                          : fail(Code::unknown, "no node is pinned under this petname");
  }
  strip_suffix(label, "." + zone_name(roster_->mesh().root.mesh_name, zone_parent_));
  const bool says_id = strip_suffix(label, ".id");
  if (says_id || label.size() == id_characters) {
    const auto node = parse_node_id(label);
    return node ? Result<Asked>(*node) : fail(node.error());
  }
  const auto name = Name::parse(label);
  return name ? Result<Asked>(name->skeleton()) : fail(name.error());
}

Result<Resolution> Directory::resolve_id(const NodeId& node, WallTime now) const {
  if (ledger_->find(node) == nullptr || !roster_->is_member(node, now))
    return fail(Code::unknown, "no member has this id");
  if (ledger_->find(node)->retired) return fail(Code::unknown, "this node has been retired for ever");
  const Certificate& certificate = *roster_->find(node);
  Resolution resolution{.node = node,
                        .name = display_name(node, now),
                        .state = ledger_->is_suspended(node) ? State::suspended : State::id,
                        .since = certificate.admitted,
                        .held_until = certificate.not_after,
                        .stale_by = certificate.not_after,
                        .pinned = node};
  fill_address(resolution, now);
  return resolution;
}

Result<Resolution> Directory::resolve_name(const Skeleton& skeleton, WallTime now) const {
  const auto live = live_claims(skeleton, now);
  const auto claim_of = [&](const NodeId& node) {
    return std::find_if(live.begin(), live.end(), [&](const auto& claim) { return claim.bearer == node; });
  };
  const Poll poll = polls_->of(skeleton, now);
  const auto title = title_of(poll, term_of(now));
  const Pin* pin = pins_->find(skeleton);
  auto claim = claim_of(title ? title->claim : self_);
  if (!title && claim == live.end() && pin != nullptr) claim = claim_of(pin->node);
  if (!title && claim == live.end()) claim = live.begin();
  if (claim == live.end()) return fail(Code::unknown, "nobody bears this name now");

  const auto& [bearer, head] = *claim;
  const State state = state_of(bearer, poll, now);
  WallTime until = head->ends;
  if (title && is_in_force(*title, term_of(now)))
    until = std::min(until, begin_of(title->term + certificate_life));
  if (head->handover && now < begin_of(head->handover->not_before))
    until = std::min(until, begin_of(head->handover->not_before));
  const bool is_known = bearer == self_ || (pin != nullptr && bearer == pin->node);
  Resolution resolution{.node = state == State::conflict && !is_known ? NodeId{} : bearer,
                        .name = head->label,
                        .state = state,
                        .since = title ? begin_of(title->since) : head->issued,
                        .held_until = until,
                        .stale_by = until};
  for (const auto& each : live) resolution.claimants.push_back(each.bearer);
  if (pin != nullptr && bearer != self_) compare(resolution, skeleton, *pin, now);
  fill_address(resolution, now);
  return resolution;
}

void Directory::compare(Resolution& resolution, const Skeleton& skeleton, const Pin& pin,
                        WallTime now) const {
  resolution.pinned = pin.node;
  const auto* entry = ledger_->find(pin.node);
  const auto* head = entry == nullptr ? nullptr : entry->find(skeleton);
  resolution.is_handed_over = head != nullptr && resolution.node != pin.node &&
                              ledger_->outcome_of(pin.node, *head, now).bearer == resolution.node;
}

/// How the live claim of this node stands.
State Directory::state_of(const NodeId& bearer, const Poll& poll, WallTime now) const {
  const Term term = term_of(now);
  const auto title = title_of(poll, term);
  if (title && title->claim != bearer) return State::conflict_lost;
  if (!title && (poll.claimants.size() > 1 || is_contested(poll, term))) return State::conflict;
  if (ledger_->is_suspended(bearer)) return State::suspended;
  if (!title) return State::provisional;
  return is_in_force(*title, term) ? State::confirmed : State::lapsed;
}

/// The live claims of those who are members.
std::vector<Ledger::LiveClaim> Directory::live_claims(const Skeleton& skeleton, WallTime now) const {
  auto live = ledger_->live_claims(skeleton, now);
  std::erase_if(live, [&](const auto& claim) { return !roster_->is_member(claim.bearer, now); });
  return live;
}

void Directory::fill_address(Resolution& resolution, WallTime now) const {
  const auto* entry = ledger_->find(resolution.node);
  if (entry == nullptr) return;
  resolution.contradicts_itself = !entry->evidence.empty();
  const auto address = ledger_->address_of(resolution.node);
  if (!address || end_of(*address) <= now || entry->suspended) return;
  resolution.stale_by = std::min(resolution.stale_by, end_of(*address));
  resolution.endpoints = address->endpoints;
  resolution.services = address->services;
  resolution.capabilities.assign(address->capabilities.begin(), address->capabilities.end());
}

std::string_view name(State state) {
  switch (state) {
    case State::provisional: return "provisional";
    case State::confirmed: return "confirmed";
    case State::lapsed: return "lapsed";
    case State::conflict_lost: return "conflict_lost";
    case State::conflict: return "conflict";
    case State::id: return "id";
    case State::suspended: return "suspended";
  }
  return "?";
}

}  // namespace grapevine::dns
