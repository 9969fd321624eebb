#include "tests/live/fleet.hpp"

#include "crypto/descriptor.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <set>
#include <sstream>
#include <stdexcept>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <httplib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace grapevine::live {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// Below those that the kernel gives to connections: one of them could hold the port of a daemon that was
// killed and is to start again.
constexpr std::uint16_t port_first = 12'000;
constexpr std::uint16_t port_last = 31'999;

std::size_t count(const std::string& in, const std::string& what) {
  std::size_t n = 0;
  for (auto at = in.find(what); at != std::string::npos; at = in.find(what, at + what.size())) ++n;
  return n;
}

HttpReply reply_of(const httplib::Result& result) {
  if (!result) return {};
  HttpReply reply{.status = result->status, .body = result->body, .headers = {}};
  for (const auto& [key, value] : result->headers) reply.headers.emplace_back(key, value);
  return reply;
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

/// Whether no other test that runs now has been given this port: each locks a byte of one file for each of its
/// ports, until it ends.
bool reserve(std::uint16_t port) {
  const auto file = "grapevine-ports." + std::to_string(::getuid());
  static const Descriptor ports(
      ::open((std::filesystem::temp_directory_path() / file).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  struct flock byte {};
  byte.l_type = F_WRLCK;
  byte.l_whence = SEEK_SET;
  byte.l_start = port;
  byte.l_len = 1;
  return ::fcntl(ports.number(), F_SETLK, &byte) == 0;
}

bool can_be_bound(std::uint16_t port) {
  const Descriptor probe(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return ::bind(probe.number(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
}

}  // namespace

std::string HttpReply::header(const std::string& name) const {
  for (const auto& [key, value] : headers)
    if (key == name) return value;
  return {};
}

std::uint16_t free_port() {
  // What was given out is not given out again, although nobody may have bound it yet.
  static std::set<std::uint16_t> given;
  static std::minstd_rand random(std::random_device{}());
  for (;;) {
    if (given.size() == port_last - port_first + 1) throw std::runtime_error("no free port");
    const auto port = std::uniform_int_distribution<std::uint16_t>(port_first, port_last)(random);
    if (given.insert(port).second && reserve(port) && can_be_bound(port)) return port;
  }
}

Fleet::Fleet(std::size_t devices, const std::function<std::string(std::size_t)>& configure,
             const std::string& role) {
  std::string pattern =
      (std::filesystem::temp_directory_path() / "grapevine-fleet.").string() + std::string(6, 'X');
  if (!::mkdtemp(pattern.data())) throw std::runtime_error("cannot make " + pattern);
  root_ = pattern;
  for (std::size_t i = 0; i < devices; ++i) {
    Device device{root_ / name(i), free_port(), free_port(), free_port(), free_port()};
    std::filesystem::create_directories(device.folder);
    std::ofstream(device.folder / "config.toml")
        << "[node]\nname = \"" << name(i) << "\"\n"
        << "[api]\nlisten = \"127.0.0.1:" << device.api_port << "\"\n"
        << "[dns]\nlisten = \"127.0.0.1:" << device.dns_port << "\"\nprovisional = true\n"
        << "[mesh]\nlisten = \"127.0.0.1:" << device.mesh_port
        << "\"\njoin_listen = \"127.0.0.1:" << device.join_port << "\"\n"
        << configure(i);
    devices_.push_back(std::move(device));
  }
  found_and_join(role);
}

Fleet::~Fleet() {
  for (std::size_t i = 0; i < size(); ++i)
    if (is_running(i)) signal(i, SIGCONT), signal(i, SIGTERM);
  std::string broken;
  for (std::size_t i = 0; i < size(); ++i) {
    const int status = is_running(i) ? wait_end(i, 7s) : 0;
    if (status > 0) broken += name(i) + " ended with " + std::to_string(status) + ":\n" + log(i);
    if (status < 0) {
      signal(i, SIGKILL);
      wait_end(i, 2s);
    }
  }
  std::error_code ignored;
  std::filesystem::remove_all(root_, ignored);
  if (broken.empty()) return;
  // A crash, or what a sanitizer found at the end: no test has passed then.
  std::fputs(broken.c_str(), stderr);
  std::abort();
}

void Fleet::found_and_join(const std::string& role) {
  const auto must = [&](std::size_t device, const std::string& verb) {
    Ran ran = run(device, verb);
    if (ran.status != 0)
      throw std::runtime_error("grapevine " + verb.substr(0, verb.find(' ')) + " failed:\n" + log(device));
    return ran.out;
  };
  must(0, "init --mesh fleet --owner fleet --name " + name(0));
  if (size() == 1) return;
  start(0);
  for (std::size_t i = 1; i < size(); ++i) {
    const std::string invite = must(0, "invite --json --role " + role);
    const auto from = invite.find("gv1-");
    if (from == std::string::npos) throw std::runtime_error("no invite in: " + invite);
    must(i, "join " + invite.substr(from, invite.find('"', from) - from) + " --name " + name(i));
  }
}

void Fleet::start(std::size_t index) {
  if (is_running(index)) return;
  launch(index);
  if (!wait_until(10s, [&] { return get(index, "/health").status == 200; }))
    throw std::runtime_error(name(index) + " does not answer:\n" + log(index));
}

void Fleet::launch(std::size_t index) {
  Device& device = devices_[index];
  if (device.pid > 0) return;
  const int log_file =
      ::open((device.folder / "log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  device.pid = spawn({program("grapevined").string(), "--config", (device.folder / "config.toml").string(),
                      "--data", (device.folder / "home").string()},
                     {.error = log_file});
  ::close(log_file);
}

void Fleet::start_all() {
  for (std::size_t i = 0; i < size(); ++i) start(i);
}

bool Fleet::wait_alive(std::size_t viewer, std::size_t alive, std::chrono::milliseconds at_most) const {
  return wait_until(at_most,
                    [&] { return count(get(viewer, "/api/mesh/peers").body, "\"alive\"") == alive; });
}

bool Fleet::wait_willing(std::size_t viewer, std::size_t willing, std::chrono::milliseconds at_most) const {
  return wait_until(
      at_most, [&] { return count(get(viewer, "/api/mesh/peers").body, "\"takes_calls\":true") == willing; });
}

void Fleet::signal(std::size_t device, int number) const {
  ::kill(devices_[device].pid, number);
}

int Fleet::wait_end(std::size_t index, std::chrono::milliseconds at_most) {
  Device& device = devices_[index];
  int status = 0;
  if (!wait_until(at_most, [&] { return ::waitpid(device.pid, &status, WNOHANG) == device.pid; })) return -1;
  device.pid = 0;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void Fleet::stop(std::size_t index) {
  if (!is_running(index)) return;
  signal(index, SIGTERM);
  if (wait_end(index, 7s) != 0) throw std::runtime_error(name(index) + " did not end well:\n" + log(index));
}

HttpReply Fleet::get(std::size_t device, const std::string& path) const {
  httplib::Client client("127.0.0.1", devices_[device].api_port);
  client.set_read_timeout(10s);
  return reply_of(client.Get(path));
}

HttpReply Fleet::post(std::size_t device, const std::string& path, const std::string& json) const {
  httplib::Client client("127.0.0.1", devices_[device].api_port);
  client.set_read_timeout(130s);
  return reply_of(client.Post(path, json, "application/json"));
}

HttpReply Fleet::change(std::size_t device, const std::string& path, const std::string& json) const {
  std::string token = read_file(folder(device) / "home/api-token");
  token.pop_back();  // the end of its line
  httplib::Client client("127.0.0.1", devices_[device].api_port);
  return reply_of(client.Post(path, {{"Authorization", "Bearer " + token}}, json, "application/json"));
}

HttpReply Fleet::ask(std::size_t device, const std::string& question, const std::string& model) const {
  return post(device, "/v1/chat/completions",
              R"({"model":)" + quoted(model) + R"(,"messages":[{"role":"user","content":)" +
                  quoted(question) + "}]}");
}

Fleet::Ran Fleet::run(std::size_t index, const std::string& verb_and_arguments) const {
  const Device& device = devices_[index];
  const std::string command = "GRAPEVINE_CONFIG='" + (device.folder / "config.toml").string() +
                              "' GRAPEVINE_DATA='" + (device.folder / "home").string() +
                              "' GRAPEVINE_API_URL=http://127.0.0.1:" + std::to_string(device.api_port) +
                              " timeout 60 '" + program("grapevine").string() + "' " + verb_and_arguments +
                              " 2>>'" + (device.folder / "log").string() + "' </dev/null";
  const auto logged = log(index).size();
  FILE* pipe = ::popen(command.c_str(), "r");
  if (!pipe) throw std::runtime_error("cannot run " + command);
  std::string out;
  char buffer[4096];
  for (std::size_t n; (n = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) out.append(buffer, n);
  const int status = ::pclose(pipe);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), std::move(out),
          log(index).substr(logged)};
}

std::string Fleet::log(std::size_t device) const {
  return read_file(devices_[device].folder / "log");
}

bool wait_until(std::chrono::milliseconds at_most, const std::function<bool()>& done) {
  for (const auto end = Clock::now() + at_most; Clock::now() < end; std::this_thread::sleep_for(10ms))
    if (done()) return true;
  return done();
}

std::filesystem::path Fleet::program(const std::string& name) const {
  const char* folder = std::getenv("GRAPEVINE_BIN");
  return std::filesystem::path(folder ? folder : GRAPEVINE_BIN) / name;
}

}  // namespace grapevine::live
