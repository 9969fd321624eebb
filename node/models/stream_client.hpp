// One request to a model server, and its reply read line by line while it comes: server-sent events (OpenAI)
// and newline-delimited JSON (Ollama) are both lines. The server is on this device or named in the
// configuration, and is still not trusted: every wait and every size has a limit, redirects are not followed,
// the environment's proxies are not asked, compressed replies are not requested. A second thread watches the
// clock and the stop token, because a server that says nothing never returns control; it may close the
// connection at any moment. cpp-httplib speaks HTTP.
#pragma once

#include "crypto/result.hpp"
#include "crypto/time.hpp"

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace grapevine::node {

/// What we put up with from a model server.
struct StreamLimits {
  Duration connect = 2s;       // it is on this device or near
  Duration first_words = 60s;  // it may have to load weights from a disk first
  Duration gap = 20s;          // between words; slower than a word in 20 s helps nobody
  Duration whole = 300s;
  std::size_t response_bytes_max = 1024 * 1024;
  std::size_t line_bytes_max = 256 * 1024;
};

/// Where a model server is: `origin` "http://127.0.0.1:11434", `path` "" or "/v1", `key` sent as bearer token
/// if not empty.
struct Server {
  std::string origin;
  std::string path;
  std::string key;
};
/// The server of a base URL. Malformed unless http or https with a host, and without user, query, fragment.
Result<Server> parse_server(std::string_view url);

/// A GET, or with a body a POST of JSON. `time_left` shortens the limits.
struct Exchange {
  std::string path;  // below the server's own
  std::optional<std::string> body;
  Duration time_left{};
};

/// What the reader of a line found in it: nothing new, words (the gap starts anew), or all it wanted.
enum class Heard { nothing, words, enough };
using ReadLine = std::function<Heard(std::string_view line)>;

/// Why the reading ended: the reply's end, the reader's wish, a time limit, the stop token, a size limit.
enum class Ending { complete, enough, late, stopped, too_big };

class StreamClient {
 public:
  StreamClient(Server server, StreamLimits limits);

  /// Hands each line of the reply to `read_line`, without its line break. Errors: unavailable (no connection,
  /// a status other than 200, a connection that broke).
  Result<Ending> exchange(const Exchange& exchange, const ReadLine& read_line,
                          const std::stop_token& stop) const;

  const Server& server() const { return server_; }

 private:
  Server server_;
  StreamLimits limits_;
};

}  // namespace grapevine::node
