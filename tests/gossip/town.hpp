// A town of gossip machines in one process: virtual time, connections with a small delay, and the faults a
// test asks for. Just enough network to let machines meet; the whole node has its own simulator.
#pragma once

#include "gossip/gossip.hpp"

#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <set>

namespace grapevine::gossip {

inline constexpr WallTime town_founded{SignedClock::duration(1'900'000'000'000)};

/// A mesh that is the same in every run, with everything a member needs to be one.
class Founder {
 public:
  Founder();
  struct Citizen {
    SigningKey key;
    Self self;  // its key points nowhere until the citizen has a fixed place
  };
  Citizen admit(std::uint8_t first, std::uint8_t second = 0) const;
  const Mesh& mesh() const { return mesh_; }

 private:
  SigningKey root_;
  Mesh mesh_;
};

class Town {
 public:
  explicit Town(std::size_t houses, Config config = {}, std::uint64_t seed = 1);

  /// Starts a house; it calls house 0 unless it is that one, or remembers whom to call.
  void open(std::size_t house);
  void open_all();
  /// The process ends; its connections close politely.
  void kill(std::size_t house);
  /// The process stands still: nothing closes, nothing is answered, until it wakes up.
  void freeze(std::size_t house);
  void thaw(std::size_t house);
  /// Says goodbye; the process ends when that is done.
  void leave(std::size_t house);
  /// Houses below `border` and the others no longer reach each other; 0 heals.
  void cut(std::size_t border);
  void run(Duration time);
  /// Runs until it holds, at most this long; whether it does.
  bool run_until(const std::function<bool()>& holds, Duration most);

  Gossip& at(std::size_t house) { return *houses_[house].machine; }
  const NodeId& node(std::size_t house) const { return houses_[house].citizen.self.node; }
  std::optional<Status> status(std::size_t of, std::size_t in);
  /// Whether all running houses believe each other up, `n` in all, with equal roots.
  bool agrees(std::size_t n);
  bool all_believe(std::size_t of, Status status);
  std::size_t notes(std::size_t house, const std::string& event) { return houses_[house].notes[event]; }
  std::size_t arrivals(std::size_t house) const { return houses_[house].arrived; }
  std::size_t changes(std::size_t house, std::size_t about, Status status);
  std::size_t most_links() const { return most_links_; }
  /// Messages of one kind that were sent, by all.
  template <class T>
  std::size_t sent() const {
    return sent_[Message(T{}).index()];
  }
  std::size_t dials() const { return dials_; }
  void perform(std::size_t house, Effects effects);
  Now now() const {
    return {.time = now_,
            .wall = town_founded + std::chrono::duration_cast<SignedClock::duration>(now_ - Time{})};
  }

 private:
  enum class Life { away, running, frozen };
  struct House {
    Founder::Citizen citizen;
    std::unique_ptr<Roster> roster;
    std::unique_ptr<Gossip> machine;
    Bytes stored;
    Life life = Life::away;
    std::uint64_t lives = 0;
    Time wakes = never;  // the tick that is arranged
    std::size_t arrived = 0;
    std::map<std::string, std::size_t> notes;
    std::map<std::pair<NodeId, Status>, std::size_t> changes;
  };
  struct Event {
    Time at;
    std::uint64_t order;
    std::function<void()> happen;
    bool operator>(const Event& other) const { return std::tie(at, order) > std::tie(other.at, other.order); }
  };

  void later(Duration delay, std::function<void()> happen);
  void arrange_tick(std::size_t house);
  void dial(std::size_t from, const NodeId& to);
  void hang_up(std::size_t from, const NodeId& to);
  void transmit(std::size_t from, const NodeId& to, Bytes frame);
  void disconnect(std::size_t a, std::size_t b, Evidence seen);
  bool reach(std::size_t a, std::size_t b) const { return (a < border_) == (b < border_) || border_ == 0; }
  bool running(std::size_t house) const { return houses_[house].life == Life::running; }
  static std::pair<std::size_t, std::size_t> pair(std::size_t a, std::size_t b) { return std::minmax(a, b); }

  Founder founder_;
  RememberingVerifier verifier_{1 << 20};
  Config config_;
  Random random_;
  std::vector<House> houses_;
  std::map<NodeId, std::size_t> address_;
  std::set<std::pair<std::size_t, std::size_t>> connections_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  std::uint64_t order_ = 0;
  Time now_{};
  std::size_t border_ = 0;
  std::size_t most_links_ = 0;
  std::array<std::size_t, std::variant_size_v<Message>> sent_{};
  std::size_t dials_ = 0;
};

}  // namespace grapevine::gossip
