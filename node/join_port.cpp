#include "node/join_port.hpp"

#include "node/join_server.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>
#include <utility>

#include <netdb.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace grapevine::node {

namespace {

constexpr Duration restart_pause = 1s;
constexpr Duration taken_pause = 10s;  // who holds the address is seldom gone sooner
constexpr std::size_t knocks_a_turn = 32;

/// A running process with a socket as its standard input, and nothing else of ours.
pid_t spawn(const std::filesystem::path& program, const std::string& listen, int standard_input) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, standard_input, STDIN_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  std::array<std::string, 3> words{program.string(), std::string(serve_join_flag), listen};
  std::array<char*, 4> arguments{words[0].data(), words[1].data(), words[2].data(), nullptr};
  pid_t process = 0;
  const int failed = ::posix_spawn(&process, program.c_str(), &actions, nullptr, arguments.data(), ::environ);
  posix_spawn_file_actions_destroy(&actions);
  return failed == 0 ? process : 0;
}

/// Why one could not listen at "host:port"; 0 when one could, or when this is no plain address.
int bind_error(const std::string& address) {
  const auto colon = address.rfind(':');
  std::string host = address.substr(0, colon);
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  addrinfo wanted{};
  wanted.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (::getaddrinfo(host.c_str(), address.c_str() + colon + 1, &wanted, &list) != 0) return 0;
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> found(list, ::freeaddrinfo);
  const Descriptor probe(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int yes = 1;
  ::setsockopt(probe.number(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  return ::bind(probe.number(), found->ai_addr, found->ai_addrlen) == 0 ? 0 : errno;
}

}  // namespace

JoinPort::JoinPort(std::filesystem::path program, std::string listen)
    : program_(std::move(program)), listen_(std::move(listen)) {}

JoinPort::~JoinPort() {
  let_go();
  // It has no work but to flush what it holds, within the lingering time of its socket.
  for (const pid_t process : ending_) ::waitpid(process, nullptr, 0);
}

void JoinPort::keep_open(const OpenJoinPort& wish, Now now) {
  if (wish_ && wish_->secret != wish.secret) let_go();
  wish_ = wish;
  if (wish.until <= now.wall) {
    let_go();
  } else if (process_ == 0) {
    start(now);
  }
}

std::optional<std::string> JoinPort::obstacle() const {
  if (process_ != 0 || !ending_.empty()) return std::nullopt;  // who listens there is ours
  const int error = bind_error(listen_);
  if (error == 0) return std::nullopt;
  return "cannot listen for newcomers on " + listen_ + ": " + std::strerror(error) +
         "; stop what listens there, or choose another port with mesh.join_listen";
}

void JoinPort::answer(const AnswerKnock& answer) {
  const Bytes packet = to_packet(JoinAnswer{answer.knock, answer.frame});
  ::send(channel_.number(), packet.data(), packet.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

std::vector<Input> JoinPort::receive(Now now) {
  std::vector<Input> knocks;
  std::array<std::uint8_t, join_packet_bytes_max> packet;
  while (channel_ && knocks.size() < knocks_a_turn) {
    const auto size = ::recv(channel_.number(), packet.data(), packet.size(), MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) break;
    // A packet that is none means that the process is no longer ours in spirit.
    auto request =
        size > 0 ? parse_join_request({packet.data(), static_cast<std::size_t>(size)}) : std::nullopt;
    if (!request) {
      let_go();
      break;
    }
    knocks.emplace_back(Knocked{request->knock, request->key, std::move(request->frame)});
  }
  if (wish_ && wish_->until <= now.wall) {
    wish_.reset();
    let_go();
  }
  if (wish_ && process_ == 0 && start_after_ <= now.time) start(now);
  reap();
  return knocks;
}

void JoinPort::start(Now now) {
  if (now.time < start_after_ || ending_.size() >= ending_max) return;
  const bool is_taken = obstacle().has_value();
  start_after_ = now.time + (is_taken ? taken_pause : restart_pause);
  if (is_taken) return;
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) return;
  channel_ = Descriptor(ends[0]);
  const Descriptor theirs(ends[1]);
  process_ = spawn(program_, listen_, theirs.number());
  if (process_ == 0) return let_go();
  ::send(channel_.number(), wish_->secret.data(), wish_->secret.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

// Closing the socket ends the process, after it has sent what it was given.
void JoinPort::let_go() {
  channel_ = Descriptor();
  if (process_ > 0) ending_.push_back(std::exchange(process_, 0));
}

void JoinPort::reap() {
  std::erase_if(ending_, [](pid_t process) { return ::waitpid(process, nullptr, WNOHANG) != 0; });
}

}  // namespace grapevine::node
