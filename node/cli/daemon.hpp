// The command line's way to the node: HTTP, and nothing else. What the node refuses becomes a Failure with
// the exit number its status means. Only daemon.cpp knows the client side of cpp-httplib.
#pragma once

#include "node/cli/verbs.hpp"

#include <functional>
#include <string_view>

namespace grapevine::node::cli {

class Daemon {
 public:
  /// The node of --api, $GRAPEVINE_API_URL, or the configuration's api.listen.
  static Result<Daemon, Failure> find(const Shared& shared);

  /// What the node said, or why not.
  Result<Json, Failure> get(const std::string& path) const;
  Result<Json, Failure> post(const std::string& path, const Json& json) const;
  /// The same with the token that changes need, from $GRAPEVINE_API_TOKEN or the home.
  Result<Json, Failure> change(const std::string& path, const Json& json) const;
  /// Hands over each line of the reply while it comes.
  Outcome stream(const std::string& path, const Json& json,
                 const std::function<void(std::string_view line)>& line) const;

  /// The same for a GET, until `line` returns false or the node ends the stream.
  Outcome follow(const std::string& path, const std::function<bool(std::string_view line)>& line) const;

  const std::string& url() const { return url_; }
  /// The same node with another patience.
  Daemon waiting(Duration timeout) const;

 private:
  Daemon(std::string url, std::string data, Duration timeout);

  std::string url_;
  std::string data_;
  Duration timeout_;
};

/// The node of `shared`, asked or told one thing.
Result<Json, Failure> get(const Shared& shared, const std::string& path);
Result<Json, Failure> change(const Shared& shared, const std::string& path, const Json& json);

/// A part of a path or a parameter, with %XX for what may not stand there.
std::string encoded(std::string_view text);

}  // namespace grapevine::node::cli
