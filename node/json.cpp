#include "node/json.hpp"

#include <limits>

#include <nlohmann/json.hpp>

namespace grapevine::node {
namespace {

const nlohmann::json* find(const nlohmann::json& from, const std::string& pointer) {
  const nlohmann::json::json_pointer path(pointer);
  return from.contains(path) ? &from.at(path) : nullptr;
}

}  // namespace

std::optional<nlohmann::json> parse_json(std::string_view text) {
  using Event = nlohmann::json::parse_event_t;
  bool too_deep = false;
  const auto within_depth = [&](int depth, Event event, const nlohmann::json&) {
    if ((event == Event::object_start || event == Event::array_start) && depth >= json_depth_max)
      too_deep = true;
    return !too_deep;  // false: the parser goes on to the end of the text and keeps nothing
  };
  auto document = nlohmann::json::parse(text.begin(), text.end(), within_depth, false);
  if (too_deep || document.is_discarded()) return std::nullopt;
  return document;
}

std::string text_of(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::optional<std::string> text_at(const nlohmann::json& from, const std::string& pointer) {
  const auto* found = find(from, pointer);
  if (found == nullptr || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

std::optional<std::uint32_t> number_at(const nlohmann::json& from, const std::string& pointer) {
  const auto* found = find(from, pointer);
  if (found == nullptr || !found->is_number_unsigned()) return std::nullopt;
  const auto value = found->get<std::uint64_t>();
  if (value > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return static_cast<std::uint32_t>(value);
}

}  // namespace grapevine::node
