#include "dns/pins.hpp"

#include "crypto/wire.hpp"

#include <algorithm>

namespace grapevine::dns {

Pins::Pins(Store& store) : store_(&store) {
  store.each(Table::pin, {}, [&](View key, View value) {
    if (auto pin = wire::decode<Pin>(value)) pins_.emplace(Skeleton{std::string(text(key))}, *std::move(pin));
    return Walk::on;
  });
}

const Pin* Pins::find(const Skeleton& name) const {
  const auto at = pins_.find(name);
  return at == pins_.end() ? nullptr : &at->second;
}

const Pin* Pins::called(const Skeleton& petname) const {
  const auto at = std::find_if(pins_.begin(), pins_.end(), [&](const auto& entry) {
    const Pin& pin = entry.second;
    return !pin.petname.empty() && skeleton_of(pin.petname) == petname;
  });
  return at == pins_.end() ? find(petname) : &at->second;
}

Result<void> Pins::put(const Pin& pin) {
  const Skeleton name = skeleton_of(pin.name);
  if (!pins_.contains(name) && pins_.size() >= pins_max)
    return fail(Code::full, "512 names are pinned, and no more can be; unpin one first");
  if (!pin.petname.empty()) {
    const Pin* other = called(skeleton_of(pin.petname));
    if (other != nullptr && skeleton_of(other->name) != name)
      return fail(Code::conflict, "something else is called so here; choose another petname");
  }
  pins_.insert_or_assign(name, pin);
  changed_.erase(name);
  store_->put(Table::pin, view(name.value), wire::encode(pin));
  return {};
}

void Pins::erase(const Skeleton& name) {
  pins_.erase(name);
  changed_.erase(name);
  store_->erase(Table::pin, view(name.value));
}

bool Pins::is_news(const Skeleton& name, const NodeId& leads_to) {
  const Pin* pin = find(name);
  if (pin == nullptr || pin->node == leads_to) return changed_.erase(name) > 0;
  return std::exchange(changed_[name], leads_to) != leads_to;
}

std::string_view name(PinState state) {
  switch (state) {
    case PinState::fresh: return "fresh";
    case PinState::match: return "match";
    case PinState::changed: return "changed";
  }
  return "?";
}

}  // namespace grapevine::dns
