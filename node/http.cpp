#include "node/http.hpp"

#include "crypto/match.hpp"
#include "node/desk.hpp"
#include "node/http_stream.hpp"
#include "node/http_threads.hpp"

#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <stdexcept>
#include <thread>

#include <sys/socket.h>

namespace grapevine::node {

namespace {

// A client that has gone is noticed this soon; its query is abandoned at once then.
constexpr Duration look_every = 250ms;
// Clients and the proxies between give up on a silent stream after 60 s at the earliest.
constexpr Duration comment_every = 8s;
// A refusal comes in the step of the question; waiting so long for it makes it a real status instead of an
// event.
constexpr Duration first_word_within = 50ms;
constexpr std::size_t keep_alive_requests_max = 100;
// Connections not yet accepted. The library lets 5 wait; a sixth would be tried again by its kernel a second
// later.
constexpr int clients_waiting_max = 128;

static_assert(Desk::seats < HttpServer::threads_max, "who waits holds a thread, and status finds another");

using Clock = std::chrono::steady_clock;

/// An answer on its way to a client that reads it as it comes.
struct Streaming {
  Question question;
  AnswerStream words;
  std::optional<Asking::Said> first;  // heard while it could still have been refused with a status
  moa::Progress progress = {};
  Clock::time_point last_words = Clock::now();
  bool opened = false;
  bool over = false;
};

/// Events on their way to a client that listens.
struct Feed {
  Listener listener;
  Clock::time_point last_words{};  // none yet: the first is a comment, which shows that the stream stands
};

/// What a thread serves: cpp-httplib shows a handler the request only, and answers also need the client's
/// socket.
struct Connection {
  HttpStream stream;
  bool next_begins_anew = false;  // the next byte belongs to no body of the request served now
  std::unique_ptr<Streaming> streaming = nullptr;
  std::unique_ptr<Feed> feed = nullptr;
};
thread_local Connection* serving = nullptr;

std::optional<std::size_t> body_bytes(const httplib::Request& request);
ApiRequest api_request(const httplib::Request& request, std::string body);
void write(const ApiResponse& from, httplib::Response& to);
void write_whole(Desk& desk, Question question, httplib::Response& to);
void write_streamed(Desk& desk, std::unique_ptr<Streaming> streaming, httplib::Response& to);
void write_feed(Desk& desk, std::unique_ptr<Feed> feed, httplib::Response& to);
bool say_news(Desk& desk, Feed& feed, httplib::DataSink& sink);
bool say_next(Desk& desk, Streaming& streaming, httplib::DataSink& sink);
std::string words_for(Desk& desk, Streaming& streaming, const Asking::Said& said);
void describe_error(httplib::Response& response);
void write_bug(const Log& log, const httplib::Request& request, httplib::Response& response,
               std::exception_ptr bug);

}  // namespace

struct HttpServer::Socket final : httplib::Server {
  Socket(const Config& config, std::string token, KeyRing keys, Front& front, LookAround look_around,
         const Log& log);
  ~Socket() override;

  void bind(const Endpoint& listen);
  void answer(const httplib::Request& request, httplib::Response& response, std::string body);
  bool process_and_close_socket(socket_t socket) override;

  int port = 0;
  std::optional<Desk> desk;
  std::atomic<bool> stopping = false;
  std::thread accepting;
};

HttpServer::HttpServer(const Config& config, std::string api_token, KeyRing keys, Front& front,
                       LookAround look_around, const Log& log)
    : socket_(std::make_unique<Socket>(config, std::move(api_token), std::move(keys), front,
                                       std::move(look_around), log)) {}
HttpServer::~HttpServer() = default;
std::uint16_t HttpServer::port() const {
  return static_cast<std::uint16_t>(socket_->port);
}

HttpServer::Socket::Socket(const Config& config, std::string token, KeyRing keys, Front& front,
                           LookAround look_around, const Log& log) {
  bind(config.api.listen);
  desk.emplace(Gate(config.api, static_cast<std::uint16_t>(port), std::move(token)),
               ChatRules{.moa = config.moa, .scope = config.scope}, std::move(keys), front,
               std::move(look_around));
  set_payload_max_length(config.api.body_bytes_max);
  set_tcp_nodelay(true);
  set_keep_alive_max_count(keep_alive_requests_max);
  set_keep_alive_timeout(HttpStream::idle_at_most.count());
  new_task_queue = [] { return new HttpThreads(HttpServer::threads_max); };

  const auto without_body = [this](const httplib::Request& request, httplib::Response& response) {
    answer(request, response, {});
  };
  // With a reader of its own the library neither parses forms nor caps them at 8 KiB, which `curl -d` would
  // run into.
  const auto with_body = [this, most = config.api.body_bytes_max](const httplib::Request& request,
                                                                  httplib::Response& response,
                                                                  const httplib::ContentReader& reader) {
    std::string body;
    bool fits = true;  // the library counts what was sent, which may unpack to a thousand times that
    const auto append_piece = [&](const char* bytes, std::size_t size) {
      fits = body.size() + size <= most;
      if (fits) body.append(bytes, size);
      return fits;
    };
    if (!request.is_multipart_form_data() && reader(append_piece))
      return answer(request, response, std::move(body));
    if (!fits) response.status = 413;
    if (response.status < 400) response.status = 400;
  };
  Get(".*", without_body).Options(".*", without_body);
  Post(".*", with_body).Put(".*", with_body).Patch(".*", with_body).Delete(".*", with_body);
  set_error_handler([](const httplib::Request&, httplib::Response& response) { describe_error(response); });
  set_post_routing_handler([](const httplib::Request&, httplib::Response& response) {
    if (!serving->next_begins_anew) response.set_header("Connection", "close");
  });
  set_exception_handler(
      [&log](const httplib::Request& request, httplib::Response& response, std::exception_ptr bug) {
        write_bug(log, request, response, std::move(bug));
      });
  accepting = std::thread([this] { listen_after_bind(); });
  while (!is_running()) std::this_thread::yield();  // stop() only stops what runs
}

HttpServer::Socket::~Socket() {
  stopping = true;
  stop();
  accepting.join();
}

void HttpServer::Socket::bind(const Endpoint& listen) {
  if (!is_loopback(listen))
    throw std::runtime_error(
        "api.listen = \"" + to_string(listen) +
        "\" can be reached from other computers; listen on 127.0.0.1 and put a proxy before it");
  // Only REUSEADDR: with REUSEPORT, the library's own choice, two nodes would share a port and each get half.
  set_socket_options([](socket_t socket) {
    const int yes = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  errno = 0;
  port = listen.port == 0                         ? bind_to_any_port(listen.host)
         : bind_to_port(listen.host, listen.port) ? listen.port
                                                  : -1;
  if (port < 0)
    throw std::runtime_error("cannot listen on " + to_string(listen) + ": " + std::strerror(errno) +
                             "; stop what listens there, or choose another port with api.listen");
  ::listen(svr_sock_, clients_waiting_max);
}

// One client, one request after the other, until it goes or is silent. The library would read the rest of a
// body it has not taken as the next request, and any web page may send any body: so a request that was not
// taken whole, be it refused early or of a form the library reads by itself, is the last of its connection.
bool HttpServer::Socket::process_and_close_socket(socket_t socket) {
  Connection connection{HttpStream(socket)};
  serving = &connection;
  bool served = true;
  bool closed = false;
  for (auto left = keep_alive_requests_max; served && !closed && left > 0; --left) {
    if (!connection.stream.wait_for_request([this] { return stopping.load(); })) break;
    connection.next_begins_anew = false;
    served = process_request(connection.stream, left == 1, closed, nullptr);
    closed = closed || !connection.next_begins_anew;
    connection.streaming.reset();
    connection.feed.reset();
  }
  serving = nullptr;
  if (!connection.next_begins_anew) connection.stream.end();
  ::shutdown(socket, SHUT_RDWR);
  ::close(socket);
  return served;
}

void HttpServer::Socket::answer(const httplib::Request& request, httplib::Response& response,
                                std::string body) {
  serving->next_begins_anew = body_bytes(request) == body.size();
  const auto asked = api_request(request, std::move(body));
  for (const auto& [name, value] : desk->sharing(asked)) response.set_header(name, value);
  match(
      desk->take(asked), [&](const ApiResponse& ready) { write(ready, response); },
      [&](Question question) {
        if (question.delivery == Delivery::whole) return write_whole(*desk, std::move(question), response);
        AnswerStream words(question.head, question.usage);
        write_streamed(*desk, std::make_unique<Streaming>(Streaming{std::move(question), words, {}}),
                       response);
      },
      [&](Listener listener) {
        write_feed(*desk, std::make_unique<Feed>(Feed{std::move(listener)}), response);
      });
}

namespace {

void write_whole(Desk& desk, Question question, httplib::Response& to) {
  while (!serving->stream.client_is_gone()) {
    const auto said = question.asking.next(look_every);
    if (!said) continue;
    if (const auto* answered = std::get_if<moa::Answered>(&*said))
      return write(completion(question.head, *answered, desk.names(answered->provenance)), to);
    if (const auto* refused = std::get_if<moa::Refused>(&*said))
      return write(to_response(api_error(*refused)), to);
  }
}

void write_streamed(Desk& desk, std::unique_ptr<Streaming> streaming, httplib::Response& to) {
  streaming->first = streaming->question.asking.next(first_word_within);
  if (streaming->first) {
    if (const auto* refused = std::get_if<moa::Refused>(&*streaming->first))
      return write(to_response(api_error(*refused)), to);
  }
  to.set_header("Cache-Control", "no-store");
  to.set_header("X-Grapevine-Id", to_base32(streaming->question.head.id.value.view()));
  serving->streaming = std::move(streaming);
  to.set_chunked_content_provider("text/event-stream", [&desk](std::size_t, httplib::DataSink& sink) {
    return say_next(desk, *serving->streaming, sink);
  });
}

// Called again and again; each call waits a little at most. The library itself looks for the client only when
// there are words for it, and a model may think for long before its first.
bool say_next(Desk& desk, Streaming& streaming, httplib::DataSink& sink) {
  if (serving->stream.client_is_gone()) return false;
  std::string out;
  if (!std::exchange(streaming.opened, true)) {
    out = streaming.words.opening();
  } else if (const auto said = streaming.first ? std::exchange(streaming.first, std::nullopt)
                                               : streaming.question.asking.next(look_every)) {
    out = words_for(desk, streaming, *said);
  } else if (Clock::now() - streaming.last_words >= comment_every) {
    out = AnswerStream::comment(streaming.progress);
  }
  if (!out.empty()) {
    streaming.last_words = Clock::now();
    if (!sink.write(out.data(), out.size())) return false;
  }
  if (streaming.over) sink.done();
  return true;
}

void write_feed(Desk& desk, std::unique_ptr<Feed> feed, httplib::Response& to) {
  to.set_header("Cache-Control", "no-store");
  serving->feed = std::move(feed);
  to.set_chunked_content_provider("text/event-stream", [&desk](std::size_t, httplib::DataSink& sink) {
    return say_news(desk, *serving->feed, sink);
  });
}

// The loop keeps no list of who listens; each listener looks for itself, as often as for its client.
bool say_news(Desk& desk, Feed& feed, httplib::DataSink& sink) {
  if (serving->stream.client_is_gone()) return false;
  auto news = desk.news(feed.listener.listening);
  if (!news) return false;
  if (news->empty() && Clock::now() - feed.last_words >= comment_every) *news = ": listening\n\n";
  if (news->empty()) return std::this_thread::sleep_for(look_every), true;
  feed.last_words = Clock::now();
  return sink.write(news->data(), news->size());
}

std::string words_for(Desk& desk, Streaming& streaming, const Asking::Said& said) {
  return match(
      said,
      [&](const moa::Progress& progress) {
        streaming.progress = progress;
        return AnswerStream::comment(progress);
      },
      [&](const moa::Piece& piece) { return streaming.words.piece(piece.text); },
      [&](const moa::Answered& answered) {
        streaming.over = true;
        return streaming.words.ending(answered, desk.names(answered.provenance));
      },
      [&](const moa::Refused& refused) {
        streaming.over = true;
        return AnswerStream::failure(api_error(refused));
      });
}

// Nothing where that could be doubted: a proxy before us may read two lengths, or a coding, in another way.
std::optional<std::size_t> body_bytes(const httplib::Request& request) {
  const auto lengths = request.get_header_value_count("Content-Length");
  if (lengths > 1 || request.has_header("Transfer-Encoding")) return std::nullopt;
  if (lengths == 0) return 0;
  const auto text = request.get_header_value("Content-Length");
  std::size_t bytes = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bytes);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(bytes) : std::nullopt;
}

ApiRequest api_request(const httplib::Request& request, std::string body) {
  ApiRequest made{request.method, request.path, request.params, {}, std::move(body)};
  for (const auto& [name, value] : request.headers) {
    std::string lower = name;
    for (char& letter : lower) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    if (lower != "remote_addr" && lower != "remote_port" && lower != "local_addr" && lower != "local_port")
      made.headers.emplace(std::move(lower), value);  // the library adds those four itself
  }
  return made;
}

void write(const ApiResponse& from, httplib::Response& to) {
  to.status = from.status;
  for (const auto& [name, value] : from.headers) to.set_header(name, value);
  to.set_content(from.body, from.content_type);
}

// The library's own refusals come without words.
void describe_error(httplib::Response& response) {
  if (!response.body.empty()) return;
  ApiError error{.status = response.status,
                 .code = "malformed_request",
                 .message = "this is no HTTP request we can read"};
  if (response.status == 413) {
    error.code = "body_too_large";
    error.message = "the body is over api.body_max";
  }
  write(to_response(error), response);
}

void write_bug(const Log& log, const httplib::Request& request, httplib::Response& response,
               std::exception_ptr bug) {
  const auto number = to_base32(random_bytes<8>().view());
  try {
    std::rethrow_exception(std::move(bug));
  } catch (const std::exception& error) {
    log.say(Loudness::error, "http.bug", number + " at " + request.path + ": " + error.what());
  }
  write(to_response({.status = 500,
                     .type = "internal",
                     .code = "internal",
                     .message = "a bug of ours; the log has it under " + number}),
        response);
}

}  // namespace

}  // namespace grapevine::node
