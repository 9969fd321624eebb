// What people decide about names and keys: each is a sentence of the registry's. And what a device is called
// when nobody says how.
#include "node/core.hpp"

#include <algorithm>

namespace grapevine::node {

namespace {
// In Table::meta: the node whose owner gave up the name that it took by itself.
constexpr std::string_view nameless_key = "nameless";
}  // namespace

Result<Effects> Core::claim(std::string_view name, Now now) {
  auto effects = published(registry_.claim(name, now), now);
  if (effects && is_own_label(name)) store_.erase(dns::Table::meta, view(nameless_key));
  return effects;
}

Result<Effects> Core::give_up(std::string_view name, Now now) {
  auto effects = published(registry_.give_up(name, now), now);
  if (effects && is_own_label(name))
    store_.put(dns::Table::meta, view(nameless_key), identity_.node.value.view());
  return effects;
}

/// What this device is called when nobody says how: its label, else what follows from its id; nothing when its
/// owner has given that up.
std::vector<std::string> Core::unasked_names() const {
  const auto nameless = store_.get(dns::Table::meta, view(nameless_key));
  if (nameless == to_bytes(identity_.node.value.view())) return {};
  return own_labels();
}

std::vector<std::string> Core::own_labels() const {
  const std::string label = identity_.certificate.claimed().value().label;
  const std::string generated = dns::generated_name(identity_.node).text();
  return label.empty() ? std::vector{generated} : std::vector{label, generated};
}

bool Core::is_own_label(std::string_view name) const {
  const auto all = own_labels();
  return std::any_of(all.begin(), all.end(),
                     [&](const std::string& one) { return dns::skeleton_of(one) == dns::skeleton_of(name); });
}

Result<Effects> Core::pin(const dns::Registry::PinWish& wish, Now now) {
  return published(registry_.pin(wish, now), now);
}

Result<Effects> Core::unpin(std::string_view name, Now now) {
  return published(registry_.unpin(name), now);
}

Result<Effects> Core::renew(std::string_view name, Now now) {
  return published(registry_.renew(name, now), now);
}

Result<Offered> Core::accept(std::string_view name, Now now) {
  auto offer = registry_.offer_of(name, now.wall);
  if (!offer) return fail(std::move(offer.error()));
  auto effects = published(registry_.accept(*offer, now), now);
  if (!effects) return fail(std::move(effects.error()));
  return Offered{std::move(*offer), std::move(*effects)};
}

Result<Offered> Core::offer(std::string_view name, const NodeId& to, Now now) {
  auto offer = registry_.offer(name, to, now);
  if (!offer) return fail(std::move(offer.error()));
  auto effects = published(dns::Effects{}, now);  // the registry tells it
  if (!effects) return fail(std::move(effects.error()));
  return Offered{std::move(*offer), std::move(*effects)};
}

Result<Effects> Core::suspend(dns::Cause cause, Now now) {
  return published(registry_.suspend(cause, now), now);
}

Result<Effects> Core::retire(View record, Now now) {
  return published(registry_.retire(record, now), now);
}

Result<Effects> Core::revoke(const NodeId& node, std::string_view reason, const std::vector<Fixed<16>>& kept,
                             Now now) {
  return published(registry_.revoke(node, reason, kept, now), now);
}

}  // namespace grapevine::node
