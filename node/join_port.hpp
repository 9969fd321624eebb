// The daemon's side of the join port. Whoever holds an invite has no certificate yet, so that port admits any
// key; with an accepted key a stranger could end the process that serves it (socket_options.hpp). It is
// therefore a process of its own (join_server.hpp), alive only while an invite is open, holding the join key
// and nothing else. Requests and answers pass as packets over one socket that keeps their boundaries; the
// secret is the first packet, never an argument. The process ends when that socket closes, so also when the
// daemon dies; one that dies early is started again, once a second at most. It is not started while somebody
// else listens at its address, which is looked at before.
#pragma once

#include "crypto/descriptor.hpp"
#include "node/effect.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

namespace grapevine::node {

class JoinPort {
 public:
  /// `program` is run with `--serve-join` and `listen`, "host:port"; nothing is opened before keep_open().
  JoinPort(std::filesystem::path program, std::string listen);
  JoinPort(const JoinPort&) = delete;
  JoinPort& operator=(const JoinPort&) = delete;
  ~JoinPort();

  /// Opens the port until then, under that key; replaces what was said before. A time that has passed closes
  /// it.
  void keep_open(const OpenJoinPort& wish, Now now);
  /// Sends the answer to a knock; one that cannot be taken now is dropped, and the newcomer asks again.
  void answer(const AnswerKnock& answer);
  /// What has happened: Knocked. Also starts the process again, and closes the port when its time has come.
  std::vector<Input> receive(Now now);

  /// Why newcomers could not knock, in words that name the address and what to do; nullopt while the port is
  /// open or could be opened.
  std::optional<std::string> obstacle() const;
  /// Whether it ought to be open now.
  bool is_wanted() const { return wish_.has_value(); }

  /// For poll(); -1 while the port is closed.
  int readable() const { return channel_.number(); }
  /// The process that serves, for tests; 0 while there is none.
  pid_t process() const { return process_; }

 private:
  void start(Now now);
  void let_go();
  void reap();

  static constexpr std::size_t ending_max = 8;

  const std::filesystem::path program_;
  const std::string listen_;
  std::optional<OpenJoinPort> wish_;
  Descriptor channel_;
  pid_t process_ = 0;
  Time start_after_{};
  std::vector<pid_t> ending_;  // told to end, not yet gone; at most ending_max
};

}  // namespace grapevine::node
