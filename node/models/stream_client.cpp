#include "node/models/stream_client.hpp"

#include <algorithm>
#include <atomic>
#include <semaphore>
#include <thread>

#include <httplib.h>

namespace grapevine::node {
namespace {

using Clock = std::chrono::steady_clock;

/// The reply so far: cuts it into lines, counts its bytes, and knows until when the next words must come.
class Reading {
 public:
  Reading(const StreamLimits& limits, Duration time_left, const ReadLine& read_line,
          const std::stop_token& stop)
      : limits_(limits),
        read_line_(read_line),
        stop_(stop),
        end_(Clock::now() + std::min(limits.whole, time_left)) {
    await_words(limits.first_words);
  }

  /// Takes bytes as they come; false when no more are wanted.
  bool take(std::string_view bytes);
  /// The last line may lack its line break.
  void take_rest();

  /// Whether time or patience is over; notes which, once. Called from both threads.
  bool is_over();
  std::optional<Ending> ending() const {
    const Ending why = ending_;
    return why == unended ? std::nullopt : std::optional(why);
  }

 private:
  static constexpr auto unended = static_cast<Ending>(-1);

  void await_words(Duration patience) { until_ = std::min(Clock::now() + patience, end_); }
  void read(std::string_view line);
  void end(Ending why);

  StreamLimits limits_;
  const ReadLine& read_line_;
  const std::stop_token& stop_;
  Clock::time_point end_;
  std::atomic<Clock::time_point> until_;
  std::atomic<Ending> ending_{unended};
  std::size_t bytes_ = 0;
  std::string line_;
};

/// Closes the connection when the reading is over although the server keeps it open and silent.
class Watch {
 public:
  Watch(httplib::Client& client, Reading& reading)
      : thread_([this, &client, &reading] {
          // Closing is repeated: a close that comes before the connection is made does nothing.
          while (!done_.try_acquire_for(glance)) {
            if (reading.is_over()) client.stop();
          }
        }) {}
  ~Watch() { done_.release(); }

 private:
  static constexpr Duration glance = 50ms;  // how late we may notice; far below what a person would
  std::binary_semaphore done_{0};
  std::jthread thread_;
};

httplib::Request request_for(const Server& server, const Exchange& exchange) {
  httplib::Request request;
  request.method = exchange.body ? "POST" : "GET";
  request.path = server.path + exchange.path;
  request.set_header("Accept-Encoding", "identity");  // compressed text would hide its true size
  if (!server.key.empty()) request.set_header("Authorization", "Bearer " + server.key);
  if (exchange.body) {
    request.set_header("Content-Type", "application/json");
    request.body = *exchange.body;
  }
  return request;
}

}  // namespace

StreamClient::StreamClient(Server server, StreamLimits limits)
    : server_(std::move(server)), limits_(limits) {}

Result<Ending> StreamClient::exchange(const Exchange& exchange, const ReadLine& read_line,
                                      const std::stop_token& stop) const {
  httplib::Client client(server_.origin);
  client.set_connection_timeout(std::min(limits_.connect, exchange.time_left));
  client.set_read_timeout(limits_.whole);  // the watch is stricter
  client.set_write_timeout(limits_.connect);
  client.set_follow_location(false);
  client.set_decompress(false);

  Reading reading(limits_, exchange.time_left, read_line, stop);
  int status = 0;
  auto request = request_for(server_, exchange);
  request.response_handler = [&](const httplib::Response& response) {
    status = response.status;
    return status == 200;
  };
  request.content_receiver = [&](const char* bytes, std::size_t size, std::uint64_t, std::uint64_t) {
    return reading.take({bytes, size});
  };
  const auto reply = [&] {
    const Watch watch(client, reading);
    return client.send(request);
  }();

  if (status != 0 && status != 200)
    return fail(Code::unavailable, server_.origin + " answered with status " + std::to_string(status));
  if (const auto ending = reading.ending()) return *ending;
  if (!reply) return fail(Code::unavailable, server_.origin + ": " + httplib::to_string(reply.error()));
  reading.take_rest();
  return reading.ending().value_or(Ending::complete);
}

Result<Server> parse_server(std::string_view url) {
  const auto scheme_end = url.find("://");
  const auto scheme = url.substr(0, scheme_end);
  if (scheme_end == url.npos || (scheme != "http" && scheme != "https"))
    return fail(Code::malformed, "a model's url starts with http:// or https://");
  const auto host_start = scheme_end + 3;
  const auto path_start = std::min(url.find('/', host_start), url.size());
  const auto host = url.substr(host_start, path_start - host_start);
  if (host.empty() || url.find_first_of("@?# \t\r\n") != url.npos)
    return fail(Code::malformed, "a model's url is a host, perhaps a port and a path, and nothing else");
  auto path = url.substr(path_start);
  while (path.ends_with('/')) path.remove_suffix(1);
  return Server{std::string(url.substr(0, path_start)), std::string(path), {}};
}

namespace {

bool Reading::take(std::string_view bytes) {
  bytes_ += bytes.size();
  if (bytes_ > limits_.response_bytes_max) end(Ending::too_big);
  while (!bytes.empty() && !is_over()) {
    const auto line_end = bytes.find('\n');
    line_.append(bytes.substr(0, line_end));
    if (line_.size() > limits_.line_bytes_max) {
      end(Ending::too_big);
    } else if (line_end == bytes.npos) {
      break;
    } else {
      read(line_);
      line_.clear();
      bytes.remove_prefix(line_end + 1);
    }
  }
  return !is_over();
}

void Reading::take_rest() {
  if (!line_.empty()) read(line_);
}

void Reading::read(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  switch (read_line_(line)) {
    case Heard::nothing: break;
    case Heard::words: await_words(limits_.gap); break;
    case Heard::enough: end(Ending::enough); break;
  }
}

bool Reading::is_over() {
  if (stop_.stop_requested()) end(Ending::stopped);
  if (Clock::now() >= until_.load()) end(Ending::late);
  return ending().has_value();
}

void Reading::end(Ending why) {
  Ending before = unended;
  ending_.compare_exchange_strong(before, why);  // the first reason is the reason
}

}  // namespace
}  // namespace grapevine::node
