#include "node/join_port.hpp"

#include "node/join_server.hpp"

#include <array>
#include <csignal>
#include <cstring>
#include <utility>

#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace grapevine::node {

namespace {

constexpr Duration restart_pause = 1s;
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

void JoinPort::answer(const AnswerKnock& answer) {
  const Bytes packet = to_packet(JoinAnswer{answer.knock, answer.frame});
  ::send(channel_, packet.data(), packet.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

std::vector<Input> JoinPort::receive(Now now) {
  std::vector<Input> knocks;
  std::array<std::uint8_t, join_packet_bytes_max> packet;
  while (channel_ >= 0 && knocks.size() < knocks_a_turn) {
    const auto size = ::recv(channel_, packet.data(), packet.size(), MSG_DONTWAIT);
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
  start_after_ = now.time + restart_pause;
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) return;
  process_ = spawn(program_, listen_, ends[1]);
  ::close(ends[1]);
  channel_ = ends[0];
  if (process_ == 0) return let_go();
  ::send(channel_, wish_->secret.data(), wish_->secret.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

// Closing the socket ends the process, after it has sent what it was given.
void JoinPort::let_go() {
  if (channel_ >= 0) ::close(std::exchange(channel_, -1));
  if (process_ > 0) ending_.push_back(std::exchange(process_, 0));
}

void JoinPort::reap() {
  std::erase_if(ending_, [](pid_t process) { return ::waitpid(process, nullptr, WNOHANG) != 0; });
}

}  // namespace grapevine::node
