#include "node/catalogue.hpp"

#include <algorithm>

namespace grapevine::node {

namespace {

constexpr std::string_view model_label = "model";  // of the offering that names a device's model
constexpr std::size_t peers_listed_max = 256;      // a picker with more entries helps nobody

std::vector<std::string> names_of(const Core& core, const NodeId& node, Now now);
std::optional<moa::Shape> parse_shape(std::string_view text);
bool has_changed(const Catalogue& catalogue, std::string_view name);
ApiError no_such_model(const Catalogue& catalogue, std::string_view name);

}  // namespace

std::vector<std::pair<std::string, std::string>> Catalogue::names() const {
  std::vector<std::pair<std::string, std::string>> all{{"grapevine", self_name}, {"local", self_name}};
  for (const auto& offer : offers) {
    if (offer.node == self) all.emplace_back(offer.model, offer.called());
    all.emplace_back(offer.model + "@" + offer.called(), offer.called());
  }
  return all;
}

dns::Offering offering_of(const moa::Profile& profile) {
  dns::Offering offering;
  offering.label.assign(model_label);
  offering.txt.assign(profile.model);
  return offering;
}

Catalogue catalogue(const Core& core, Now now) {
  Catalogue made{core.identity().node, core.registry().display_name(core.identity().node, now.wall), {}};
  for (const auto& found : core.registry().find({}, now.wall, peers_listed_max)) {
    for (const auto& service : found.services) {
      if (service.label == model_label)
        made.offers.push_back({service.txt, found.node, names_of(core, found.node, now)});
    }
  }
  for (const auto& [skeleton, pin] : core.registry().pins().all()) {
    const auto found = core.registry().resolve(pin.name, now.wall);
    if (found && found->pin() == dns::PinState::changed) made.changed.push_back(pin.name);
  }
  std::stable_partition(made.offers.begin(), made.offers.end(),
                        [&](const Offer& offer) { return offer.node == made.self; });
  return made;
}

Result<Target, ApiError> find_target(const Catalogue& catalogue, std::string_view name) {
  const std::string_view asked = name;
  if (name.ends_with(":latest"))
    name.remove_suffix(std::string_view(":latest").size());  // as Ollama lists them
  if (name == "grapevine") return Target{};
  if (name == "local") return Target{moa::Shape{0, 0}, {}, moa::Scope::local};
  if (name.starts_with("grapevine:")) {
    const auto shape = parse_shape(name.substr(name.find(':') + 1));
    if (!shape)
      return fail(bad_request("model", "a shape is written grapevine:m1k2: one layer of two proposers"));
    return Target{shape, {}, {}};
  }
  const auto at = name.rfind('@');
  const std::string_view model = name.substr(0, at);
  const std::string_view node = at == name.npos ? std::string_view() : name.substr(at + 1);
  if (has_changed(catalogue, node))
    return fail(ApiError{
        .status = 403,
        .code = "pin_changed",
        .param = "model",
        .message = "the name does not lead to the device it did, so nothing was sent; see grapevine trust"});
  for (const auto& offer : catalogue.offers) {
    const auto& names = offer.names;
    const bool is_named = std::find(names.begin(), names.end(), node) != names.end();
    if (offer.model != model && offer.model != std::string(model) + ":latest") continue;
    if (at == name.npos ? offer.node != catalogue.self
                        : !is_named && node != to_string(offer.node) && node != short_name(offer.node))
      continue;
    if (offer.node == catalogue.self) return Target{moa::Shape{0, 0}, {}, moa::Scope::local};
    return Target{moa::Shape{0, 0}, offer.node, moa::Scope::mesh};
  }
  return fail(no_such_model(catalogue, asked));
}

namespace {

std::vector<std::string> names_of(const Core& core, const NodeId& node, Now now) {
  const auto& registry = core.registry();
  std::vector<std::string> names;
  for (const auto& title : registry.presence(node, now.wall).titles) names.push_back(title.label);
  for (const auto& [skeleton, pin] : registry.pins().all()) {
    if (pin.node == node) names.push_back((pin.petname.empty() ? pin.name : pin.petname) + ".local-pin");
  }
  const bool is_self = node == core.identity().node;  // it knows itself, whatever others call it
  if (is_self && names.empty()) names.push_back(registry.display_name(node, now.wall));
  return names;
}

bool has_changed(const Catalogue& catalogue, std::string_view name) {
  return std::any_of(catalogue.changed.begin(), catalogue.changed.end(), [&](const std::string& changed) {
    return dns::skeleton_of(changed) == dns::skeleton_of(name);
  });
}

// "m1k2": one digit each, since no plan goes beyond three layers of seven.
std::optional<moa::Shape> parse_shape(std::string_view text) {
  const auto digit = [](char letter) { return letter >= '0' && letter <= '9'; };
  if (text.size() != 4 || text[0] != 'm' || text[2] != 'k' || !digit(text[1]) || !digit(text[3]))
    return std::nullopt;
  return moa::Shape{static_cast<std::uint8_t>(text[1] - '0'), static_cast<std::uint8_t>(text[3] - '0')};
}

ApiError no_such_model(const Catalogue& catalogue, std::string_view name) {
  constexpr std::size_t shown_max = 20;
  std::string listed;
  std::size_t shown = 0;
  for (const auto& [known, owner] : catalogue.names()) {
    if (++shown > shown_max) break;
    listed.append(listed.empty() ? "" : ", ").append(known);
  }
  auto error =
      not_found("model_not_found", "there is no model " + std::string(name.substr(0, 100)) + "; there are " +
                                       listed + " (and grapevine:m1k2 and its like)");
  error.param = "model";
  return error;
}

}  // namespace

}  // namespace grapevine::node
