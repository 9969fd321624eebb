// What people decide about names and keys: each is a sentence of the registry's.
#include "node/core.hpp"

namespace grapevine::node {

Result<Effects> Core::claim(std::string_view name, Now now) {
  return published(registry_.claim(name, now), now);
}

Result<Effects> Core::give_up(std::string_view name, Now now) {
  return published(registry_.give_up(name, now), now);
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
