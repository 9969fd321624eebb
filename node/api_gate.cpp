#include "node/api_gate.hpp"

#include "crypto/hash.hpp"

#include <algorithm>

namespace grapevine::node {

namespace {

bool same_in_constant_time(std::string_view a, std::string_view b);
std::string lower(std::string_view text);

}  // namespace

Gate::Gate(const Config::Api& config, std::uint16_t port, std::string token) : token_(std::move(token)) {
  std::vector<std::string> names{"localhost", "127.0.0.1", "[::1]"};
  names.push_back(lower(config.listen.host));
  for (const auto& name : names) {
    hosts_.push_back(name);
    hosts_.push_back(name + ":" + std::to_string(port));
    origins_.push_back("http://" + hosts_.back());
  }
  for (const auto& host : config.allowed_hosts) hosts_.push_back(lower(host));
  for (const auto& origin : config.allowed_origins) shared_with_.push_back(lower(origin));
  origins_.insert(origins_.end(), shared_with_.begin(), shared_with_.end());
}

std::optional<ApiError> Gate::refusal(const ApiRequest& request) const {
  const std::string* host = request.header("host");
  if (host == nullptr || request.headers.count("host") > 1 || !is_our_host(*host))
    return ApiError{.status = 403,
                    .type = "authentication_error",
                    .code = "forbidden_host",
                    .message = "this Host is not ours; use 127.0.0.1, or add the name to api.allowed_hosts"};
  const std::string* origin = request.header("origin");
  if (origin != nullptr && !is_our_origin(*origin))
    return ApiError{.status = 403,
                    .type = "authentication_error",
                    .code = "forbidden_origin",
                    .message = "web pages of this Origin may not call; add it to api.allowed_origins"};
  if (request.header("transfer-encoding") != nullptr)
    return ApiError{
        .status = 411, .code = "length_required", .message = "send Content-Length, not Transfer-Encoding"};
  const bool from_browser = origin != nullptr || request.header("sec-fetch-site") != nullptr;
  const std::string* type = request.header("content-type");
  if (from_browser && request.method == "POST" &&
      (type == nullptr || !lower(*type).starts_with("application/json")))
    return ApiError{.status = 415, .code = "not_json", .message = "a browser must send application/json"};
  return std::nullopt;
}

std::vector<std::pair<std::string, std::string>> Gate::sharing(const ApiRequest& request) const {
  const std::string* origin = request.header("origin");
  if (origin == nullptr ||
      std::find(shared_with_.begin(), shared_with_.end(), lower(*origin)) == shared_with_.end())
    return {};
  return {
      {"Access-Control-Allow-Origin", *origin}, {"Access-Control-Expose-Headers", "*"}, {"Vary", "Origin"}};
}

std::optional<ApiResponse> Gate::preflight(const ApiRequest& request) const {
  if (request.method != "OPTIONS" || request.header("access-control-request-method") == nullptr ||
      sharing(request).empty())
    return std::nullopt;
  ApiResponse allowed;
  allowed.headers = {{"Access-Control-Allow-Methods", "GET, POST"},
                     {"Access-Control-Allow-Headers", "*, Authorization"},  // which the star leaves out
                     {"Access-Control-Allow-Private-Network", "true"},      // from a page of the public web
                     {"Access-Control-Max-Age", "600"}};
  return allowed;
}

std::optional<ApiError> Gate::token_refusal(const ApiRequest& request) const {
  constexpr std::string_view bearer = "Bearer ";
  const std::string* given = request.header("authorization");
  const std::string_view token =
      given != nullptr && given->starts_with(bearer) ? std::string_view(*given).substr(bearer.size()) : "";
  if (same_in_constant_time(token, token_) && !token_.empty()) return std::nullopt;
  return ApiError{
      .status = 401,
      .type = "authentication_error",
      .code = "invalid_api_key",
      .message = "changes need `Authorization: Bearer` with the content of the node's api-token file"};
}

bool Gate::is_our_host(std::string_view host) const {
  return std::find(hosts_.begin(), hosts_.end(), lower(host)) != hosts_.end();
}

bool Gate::is_our_origin(std::string_view origin) const {
  return std::find(origins_.begin(), origins_.end(), lower(origin)) != origins_.end();
}

namespace {

// Hashes have one length, so neither the length of the token nor the place of the first wrong letter shows.
bool same_in_constant_time(std::string_view a, std::string_view b) {
  const auto left = hash<32>(purpose::key_check, {view(a)});
  const auto right = hash<32>(purpose::key_check, {view(b)});
  std::uint8_t difference = 0;
  for (std::size_t i = 0; i < left.bytes.size(); ++i)
    difference = static_cast<std::uint8_t>(difference | (left.bytes[i] ^ right.bytes[i]));
  return difference == 0;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& letter : out) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return out;
}

}  // namespace

}  // namespace grapevine::node
