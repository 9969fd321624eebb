// The HTTP socket: OpenAI clients and our own command line, on this computer only. It holds no decisions:
// requests become api.hpp's plain structs, and what api.hpp answers goes back. Threads of the pool wait here,
// never in the loop; when a client goes away its Asking is destroyed, which abandons the query. Only http.cpp
// knows cpp-httplib's server side.
#pragma once

#include "node/config.hpp"
#include "node/front.hpp"
#include "node/key_ring.hpp"
#include "node/log.hpp"
#include "node/surroundings.hpp"

#include <memory>

namespace grapevine::node {

class HttpServer {
 public:
  static constexpr std::size_t threads_max = 32;  // requests at one time; an answer on its way holds one

  /// Binds and serves. Throws std::runtime_error when the address is taken, or can be reached from other
  /// computers.
  HttpServer(const Config& config, std::string api_token, KeyRing keys, Front& front, LookAround look_around,
             const Log& log);
  /// Takes no more requests and waits for those under way.
  ~HttpServer();

  /// The port bound, also when 0 was asked for.
  std::uint16_t port() const;

 private:
  struct Socket;
  std::unique_ptr<Socket> socket_;
};

}  // namespace grapevine::node
