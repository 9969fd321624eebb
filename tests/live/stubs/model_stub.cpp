// A model server for tests: one thread, plain sockets, bound to loopback on a free port that it prints first
// ("port N"). Serves up to 64 connections side by side, one request each, and ends by itself. What it says
// stands in script.cpp.
#include "tests/live/stubs/script.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using namespace grapevine::stub;
using Clock = std::chrono::steady_clock;

constexpr std::size_t connections_max = 64;
constexpr std::size_t request_bytes_max = 512 * 1024;
constexpr std::size_t burst_pieces = 64;  // of one reply before the others get their turn

Clock::duration seconds(double count) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(count));
}

struct Connection {
  int socket = -1;
  std::string request = {};
  std::optional<Script> script = std::nullopt;
  std::optional<Piece> piece = std::nullopt;  // waits for its time, or for room in the socket
  Clock::time_point due = {};
  bool over = false;
};

/// Whether head and body are there; the length is the one header that matters.
bool is_whole(const std::string& request) {
  const auto head = request.find("\r\n\r\n");
  if (head == request.npos) return false;
  const auto at = request.find("Content-Length: ");
  const std::size_t body = at < head ? std::strtoul(request.c_str() + at + 16, nullptr, 10) : 0;
  return request.size() >= head + 4 + body;
}

void fetch_piece(Connection& connection) {
  connection.piece = connection.script->next();
  connection.over = !connection.piece;
  if (connection.piece) connection.due = Clock::now() + seconds(connection.piece->wait);
}

void receive(Connection& connection, const Options& options) {
  char bytes[16 * 1024];
  const auto got = ::recv(connection.socket, bytes, sizeof bytes, MSG_DONTWAIT);
  if (got <= 0) {
    connection.over = true;
    return;
  }
  if (connection.script) return;
  connection.request.append(bytes, static_cast<std::size_t>(got));
  connection.over = connection.request.size() > request_bytes_max;
  if (!is_whole(connection.request)) return;
  connection.script.emplace(options, connection.request);
  fetch_piece(connection);
}

void speak(Connection& connection) {
  for (std::size_t i = 0; i < burst_pieces && connection.piece && connection.due <= Clock::now(); ++i) {
    auto& bytes = connection.piece->bytes;
    const auto sent = ::send(connection.socket, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0) return;  // no room now; a connection that is gone shows when it is read
    bytes.erase(0, static_cast<std::size_t>(sent));
    if (!bytes.empty()) return;
    fetch_piece(connection);
  }
}

int wait_for(const std::vector<Connection>& connections, Clock::time_point end) {
  auto due = end;
  for (const auto& connection : connections) {
    if (connection.piece) due = std::min(due, connection.due);
  }
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(due - Clock::now()).count();
  return static_cast<int>(std::clamp<long long>(left + 1, 1, 1000));
}

void serve(int listener, const Options& options) {
  const auto end = Clock::now() + seconds(options.seconds);
  std::vector<Connection> connections;
  while (Clock::now() < end) {
    std::vector<pollfd> waits{{.fd = listener, .events = POLLIN, .revents = 0}};
    for (const auto& connection : connections)
      waits.push_back({.fd = connection.socket, .events = POLLIN, .revents = 0});
    ::poll(waits.data(), waits.size(), wait_for(connections, end));
    for (std::size_t i = 0; i < connections.size(); ++i) {
      if (waits[i + 1].revents != 0) receive(connections[i], options);
      if (!connections[i].over) speak(connections[i]);
    }
    std::erase_if(connections, [](const Connection& connection) {
      return connection.over && ::close(connection.socket) == 0;
    });
    if ((waits[0].revents & POLLIN) == 0 || connections.size() >= connections_max) continue;
    if (const int socket = ::accept(listener, nullptr, nullptr); socket >= 0)
      connections.push_back({.socket = socket});
  }
}

/// A socket on a free port of loopback, which is printed. Listens unless the mode is to refuse.
int open_listener(const Options& options) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener, generic, size) != 0 || ::getsockname(listener, generic, &size) != 0) return -1;
  if (options.mode != Mode::refuse && ::listen(listener, 16) != 0) return -1;
  std::printf("port %u\n", static_cast<unsigned>(ntohs(address.sin_port)));
  std::fflush(stdout);
  return listener;
}

std::optional<Options> parse(int count, char** words) {
  Options options;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view flag = words[i];
    const std::string value = words[i + 1];
    if (flag == "--protocol" && (value == "openai" || value == "ollama")) {
      options.protocol = value == "openai" ? Protocol::openai : Protocol::ollama;
    } else if (flag == "--mode" && parse_mode(value)) {
      options.mode = *parse_mode(value);
    } else if (flag == "--answer") {
      options.answer = value;
    } else if (flag == "--tokens-per-second") {
      options.tokens_per_second = std::strtod(value.c_str(), nullptr);
    } else if (flag == "--seconds") {
      options.seconds = std::strtod(value.c_str(), nullptr);
    } else {
      return std::nullopt;
    }
  }
  return count % 2 == 1 ? std::optional(options) : std::nullopt;
}

}  // namespace

int main(int count, char** words) {
  const auto options = parse(count, words);
  if (!options) {
    std::fputs(
        "usage: model_stub [--protocol openai|ollama] [--mode MODE] [--answer TEXT] [--tokens-per-second N] "
        "[--seconds N]\n",
        stderr);
    return 2;
  }
  const int listener = open_listener(*options);
  if (listener < 0) {
    std::perror("model_stub");
    return 1;
  }
  if (options->mode == Mode::refuse) {
    ::usleep(static_cast<useconds_t>(options->seconds * 1e6));
  } else {
    serve(listener, *options);
  }
}
