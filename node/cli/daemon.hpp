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
  static std::variant<Daemon, Failure> find(const Shared& shared);

  /// The body of a 200, or the failure.
  std::variant<std::string, Failure> get(const std::string& path) const;
  std::variant<std::string, Failure> post(const std::string& path, const std::string& json) const;
  /// The same with the token that changes need, from $GRAPEVINE_API_TOKEN or the home.
  std::variant<std::string, Failure> change(const std::string& path, const std::string& json) const;
  /// Hands over each line of the reply while it comes.
  Outcome stream(const std::string& path, const std::string& json,
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
std::variant<std::string, Failure> get(const Shared& shared, const std::string& path);
std::variant<std::string, Failure> change(const Shared& shared, const std::string& path,
                                          const std::string& json);

/// A part of a path or a parameter, with %XX for what may not stand there.
std::string encoded(std::string_view text);

}  // namespace grapevine::node::cli
