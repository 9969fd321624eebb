// JSON as the API, the command line and model servers speak it. From a program we do not trust: at most 32
// levels deep, no exceptions, and fields that are read only when they have the type we expect. Only the
// forward declarations of nlohmann-json stand here, the parser stays in its sources.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace grapevine::node {

inline constexpr int json_depth_max = 32;  // model servers nest five levels; deeper is an attack

/// The document, or nothing when the text is no JSON, nests deeper than `json_depth_max`, or goes on.
std::optional<nlohmann::json> parse_json(std::string_view text);

/// Our own document as text, on one line; bytes that are no UTF-8, which others may have written, are
/// replaced.
std::string text_of(const nlohmann::ordered_json& json);

/// The string at a JSON pointer (RFC 6901) such as "/choices/0/delta/content"; nothing when it is none.
std::optional<std::string> text_at(const nlohmann::json& from, const std::string& pointer);

/// The number at a JSON pointer, nothing when there is no whole number that fits.
std::optional<std::uint32_t> number_at(const nlohmann::json& from, const std::string& pointer);

}  // namespace grapevine::node
