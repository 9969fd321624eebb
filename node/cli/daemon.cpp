#include "node/cli/daemon.hpp"

#include "node/config.hpp"
#include "node/home.hpp"
#include "node/json.hpp"

#include <httplib.h>
#include <nlohmann/json.hpp>

namespace grapevine::node::cli {

namespace {

constexpr auto connect_patience = 2s;  // the node is on this computer

httplib::Client connect(const std::string& url, Duration timeout);
Failure no_answer(const std::string& url, httplib::Error error);
Failure refused(int status, const std::string& body, const std::string& retry_after);
Result<Json, Failure> outcome(const std::string& url, httplib::Result result);
using TakeLine = std::function<bool(std::string_view line)>;
Outcome read_lines(httplib::Client client, const std::string& url, httplib::Request request,
                   const TakeLine& take);

}  // namespace

Result<Daemon, Failure> Daemon::find(const Shared& shared) {
  const auto environment = environment_of_process();
  const auto named = environment.find("GRAPEVINE_API_URL");
  std::string url = !shared.api.empty()          ? shared.api
                    : named != environment.end() ? named->second
                                                 : std::string();
  if (url.empty()) {
    const auto file = config_file(shared.config, environment);
    if (!file) return fail(Failure{Exit::usage, "config", file.error().text});
    const auto config = load_config(*file, environment, {});
    if (!config) return fail(Failure{Exit::usage, "config", config.error().text});
    url = "http://" + to_string(config->api.listen);
  }
  while (url.ends_with('/')) url.pop_back();
  if (!url.starts_with("http://"))
    return fail(
        Failure{Exit::usage, "url", "\"" + url + "\" is no URL of a node", "write http://127.0.0.1:4780"});
  return Daemon(std::move(url), shared.data, shared.timeout);
}

Daemon::Daemon(std::string url, std::string data, Duration timeout)
    : url_(std::move(url)), data_(std::move(data)), timeout_(timeout) {}

Daemon Daemon::waiting(Duration timeout) const {
  return Daemon(url_, data_, timeout);
}

Result<Json, Failure> Daemon::get(const std::string& path) const {
  return outcome(url_, connect(url_, timeout_).Get(path));
}

Result<Json, Failure> Daemon::post(const std::string& path, const Json& json) const {
  return outcome(url_, connect(url_, timeout_).Post(path, json.dump(), "application/json"));
}

Result<Json, Failure> Daemon::change(const std::string& path, const Json& json) const {
  const char* given = std::getenv("GRAPEVINE_API_TOKEN");
  std::string token = given != nullptr ? given : "";
  if (token.empty()) {
    auto loaded = load_api_token(home_folder(data_));
    if (!loaded)
      return fail(Failure{Exit::not_trusted, "token", loaded.error().text,
                          "run this as the user of the node, or set GRAPEVINE_API_TOKEN"});
    token = std::move(*loaded);
  }
  const httplib::Headers headers{{"Authorization", "Bearer " + token}};
  return outcome(url_, connect(url_, timeout_).Post(path, headers, json.dump(), "application/json"));
}

Outcome Daemon::stream(const std::string& path, const Json& json,
                       const std::function<void(std::string_view line)>& line) const {
  httplib::Request request;
  request.method = "POST";
  request.path = path;
  request.set_header("Content-Type", "application/json");
  request.body = json.dump();
  return read_lines(connect(url_, timeout_), url_, std::move(request), [&](std::string_view one) {
    line(one);
    return true;
  });
}

Outcome Daemon::follow(const std::string& path, const TakeLine& line) const {
  httplib::Request request;
  request.method = "GET";
  request.path = path;
  return read_lines(connect(url_, timeout_), url_, std::move(request), line);
}

Result<Json, Failure> get(const Shared& shared, const std::string& path) {
  const auto daemon = Daemon::find(shared);
  if (!daemon) return fail(daemon.error());
  return daemon->get(path);
}

Result<Json, Failure> change(const Shared& shared, const std::string& path, const Json& json) {
  const auto daemon = Daemon::find(shared);
  if (!daemon) return fail(daemon.error());
  return daemon->change(path, json);
}

std::string encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (std::isalnum(byte) != 0 || letter == '-' || letter == '.' || letter == '_') {
      out += letter;
    } else {
      out.append("%").append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
    }
  }
  return out;
}

namespace {

httplib::Client connect(const std::string& url, Duration timeout) {
  httplib::Client client(url);
  client.set_connection_timeout(connect_patience);
  client.set_read_timeout(timeout);
  client.set_keep_alive(false);
  return client;
}

Result<Json, Failure> outcome(const std::string& url, httplib::Result result) {
  if (!result) return fail(no_answer(url, result.error()));
  if (result->status != 200)
    return fail(refused(result->status, result->body, result->get_header_value("Retry-After")));
  return Json::parse(result->body);
}

Outcome read_lines(httplib::Client client, const std::string& url, httplib::Request request,
                   const TakeLine& take) {
  std::string pending;
  int status = 0;
  std::string retry_after;
  bool enough = false;
  request.response_handler = [&](const httplib::Response& response) {
    status = response.status;
    retry_after = response.get_header_value("Retry-After");
    return true;
  };
  request.content_receiver = [&](const char* bytes, std::size_t size, std::uint64_t, std::uint64_t) {
    pending.append(bytes, size);
    std::size_t end = 0;
    while (!enough && status == 200 && (end = pending.find('\n')) != std::string::npos) {
      enough = !take(std::string_view(pending).substr(0, end));
      pending.erase(0, end + 1);
    }
    return !enough;
  };
  const auto result = client.send(request);
  if (enough) return std::nullopt;
  if (!result) return no_answer(url, result.error());
  if (status != 200) return refused(status, pending, retry_after);
  return std::nullopt;
}

Failure no_answer(const std::string& url, httplib::Error error) {
  if (error == httplib::Error::Read)
    return {Exit::too_late, "timeout", "the node at " + url + " did not answer in time",
            "give it more with --timeout"};
  return {Exit::no_daemon, "no_node", "no node answers at " + url, "start it with `grapevine up`"};
}

Failure refused(int status, const std::string& body, const std::string& retry_after) {
  const auto json = parse_json(body);
  const auto message = json ? text_at(*json, "/error/message") : std::nullopt;
  const auto code = json ? text_at(*json, "/error/code") : std::nullopt;
  Failure made{Exit::failed, code.value_or("http_" + std::to_string(status)),
               message.value_or("the node answered with status " + std::to_string(status))};
  switch (status) {
    case 401:
    case 403: made.exit = Exit::not_trusted; break;
    case 404: made.exit = Exit::not_found; break;
    case 429:
      made.exit = Exit::mesh_full;
      made.hint = "try again in " + retry_after + " s";
      break;
    case 504:
      made.exit = Exit::too_late;
      made.hint = "allow more with --deadline";
      break;
    default: break;
  }
  return made;
}

}  // namespace

}  // namespace grapevine::node::cli
