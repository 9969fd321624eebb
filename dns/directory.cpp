#include "dns/directory.hpp"

#include <algorithm>

namespace grapevine::dns {

namespace {

constexpr std::size_t id_characters = 52;  // longer than any name: the two cannot be mixed up

std::string folded(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

bool strip_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

}  // namespace

Directory::Directory(const Ledger& ledger, const Roster& roster, const Polls& polls, const NodeId& self)
    : ledger_(&ledger), roster_(&roster), polls_(&polls), self_(self) {}

Result<Resolution> Directory::resolve(std::string_view name_or_id, WallTime now) const {
  const std::string lower = folded(name_or_id);
  std::string_view label = lower;
  strip_suffix(label, ".");
  std::string zone(".");
  zone.append(folded(roster_->mesh().root.mesh_name)).append(".internal");
  strip_suffix(label, zone);
  const bool says_id = strip_suffix(label, ".id");
  if (says_id || label.size() == id_characters) {
    const auto node = parse_node_id(label);
    return node ? resolve_id(*node, now) : fail(node.error());
  }
  const auto name = Name::parse(label);
  if (!name) return fail(name.error());
  return resolve_name(name->skeleton(), now);
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
  for (const auto& [skeleton, claimants] : ledger_->claims()) {
    const Poll poll = polls_->of(skeleton, now);
    for (const auto& claim : live_claims(skeleton, now))
      views.push_back({.name = claim.head->label,
                       .state = state_of(claim.bearer, poll, now),
                       .holder = claim.bearer,
                       .lease_end = claim.head->ends});
    for (const NodeId& node : claimants) {
      const auto& head = *ledger_->find(node)->find(skeleton);
      const bool lapsed = head.ends <= now && !head.given_up && roster_->is_member(node, now);
      if (lapsed)
        views.push_back({.name = head.label, .state = State::lapsed, .holder = node, .lease_end = head.ends});
    }
  }
  return views;
}

std::string Directory::display_name(const NodeId& node, WallTime now) const {
  if (const auto* entry = ledger_->find(node)) {
    const auto live = std::find_if(
        entry->names.begin(), entry->names.end(),
        [now](const Ledger::NameHead& head) { return !head.given_up && !head.handover && head.ends > now; });
    if (live != entry->names.end()) return live->label;
  }
  const Certificate* certificate = roster_->find(node);
  if (certificate != nullptr && !certificate->label.empty()) return certificate->label;
  return generated_name(node).text();
}

Result<Resolution> Directory::resolve_id(const NodeId& node, WallTime now) const {
  if (ledger_->find(node) == nullptr || !roster_->is_member(node, now))
    return fail(Code::unknown, "no member has this id");
  if (ledger_->find(node)->retired) return fail(Code::unknown, "this node has been retired for ever");
  const Certificate& certificate = *roster_->find(node);
  Resolution resolution{.node = node,
                        .name = display_name(node, now),
                        .state = is_suspended(node) ? State::suspended : State::id,
                        .since = certificate.admitted,
                        .held_until = certificate.not_after,
                        .stale_by = certificate.not_after};
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
  auto claim = claim_of(title ? title->claim : self_);
  if (!title && claim == live.end()) claim = live.begin();
  if (claim == live.end()) return fail(Code::unknown, "nobody bears this name now");

  const auto& [bearer, head] = *claim;
  const State state = state_of(bearer, poll, now);
  WallTime until = head->ends;
  if (title && is_in_force(*title, term_of(now)))
    until = std::min(until, begin_of(title->term + certificate_life));
  if (head->handover && now < begin_of(head->handover->not_before))
    until = std::min(until, begin_of(head->handover->not_before));
  Resolution resolution{.node = state == State::conflict && bearer != self_ ? NodeId{} : bearer,
                        .name = head->label,
                        .state = state,
                        .since = title ? begin_of(title->since) : head->issued,
                        .held_until = until,
                        .stale_by = until};
  for (const auto& each : live) resolution.claimants.push_back(each.bearer);
  fill_address(resolution, now);
  return resolution;
}

/// How the live claim of this node stands.
State Directory::state_of(const NodeId& bearer, const Poll& poll, WallTime now) const {
  const Term term = term_of(now);
  const auto title = title_of(poll, term);
  if (title && title->claim != bearer) return State::conflict_lost;
  if (!title && (poll.claimants.size() > 1 || is_contested(poll, term))) return State::conflict;
  if (is_suspended(bearer)) return State::suspended;
  if (!title) return State::provisional;
  return is_in_force(*title, term) ? State::confirmed : State::lapsed;
}

/// The live claims of those who are members.
std::vector<Ledger::LiveClaim> Directory::live_claims(const Skeleton& skeleton, WallTime now) const {
  auto live = ledger_->live_claims(skeleton, now);
  std::erase_if(live, [&](const auto& claim) { return !roster_->is_member(claim.bearer, now); });
  return live;
}

bool Directory::is_suspended(const NodeId& node) const {
  const auto* entry = ledger_->find(node);
  return entry != nullptr && entry->suspended;
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
