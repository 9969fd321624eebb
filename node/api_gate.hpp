// Who may talk to us at all. The API listens on this computer only, yet every web page the user opens can
// make the browser send requests there: so the Host must be ours (DNS rebinding), an Origin must be ours or
// allowed, and what a browser sends must be JSON. Pages of allowed Origins may also read what we say, as the
// browser is told by the headers of CORS (the Fetch standard, section 3.2); nobody else hears of those.
// Reading and asking need no token; whatever changes the mesh does.
#pragma once

#include "node/api.hpp"
#include "node/config.hpp"

namespace grapevine::node {

class Gate {
 public:
  /// `token` is what changes need; `port` is the one really bound.
  Gate(const Config::Api& config, std::uint16_t port, std::string token);

  /// nullopt, or 403 `forbidden_host`, 403 `forbidden_origin`, 411 for a chunked body, 415 for a browser's
  /// form.
  std::optional<ApiError> refusal(const ApiRequest& request) const;
  /// For a page of `api.allowed_origins`, the headers of any response that let it be read; else none.
  std::vector<std::pair<std::string, std::string>> sharing(const ApiRequest& request) const;
  /// What a browser hears that asks beforehand whether such a page may send its request; nullopt for all
  /// else.
  std::optional<ApiResponse> preflight(const ApiRequest& request) const;
  /// nullopt, or 401, alike for none, short and wrong; takes the same time for every wrong token.
  std::optional<ApiError> token_refusal(const ApiRequest& request) const;

 private:
  bool is_our_host(std::string_view host) const;
  bool is_our_origin(std::string_view origin) const;

  std::vector<std::string> hosts_;  // with and without the port
  std::vector<std::string> origins_;
  std::vector<std::string> shared_with_;  // those of them that were allowed by the owner
  std::string token_;
};

}  // namespace grapevine::node
