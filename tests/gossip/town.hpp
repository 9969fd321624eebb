// A town of gossip machines in one process: virtual time, connections with a small delay, and the faults a
// test asks for. Just enough network to let machines meet; the whole node has its own simulator. On one
// connection nothing overtakes: what is late makes everything behind it late, as with TCP. Who lies does so
// through tell(), with any house's own key; what is lost, and what is late, is said by a Weather.
#pragma once

#include "gossip/gossip.hpp"

#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <set>

namespace grapevine::gossip {

inline constexpr WallTime town_founded{SignedClock::duration(1'900'000'000'000)};

/// How late one message is beyond the usual; nothing: it is lost.
using Weather = std::function<std::optional<Duration>(std::size_t from, std::size_t to, const Message&)>;

/// The number of something a Town has published.
using Publication = std::uint64_t;

/// A mesh that is the same in every run, with everything a member needs to be one.
class Founder {
 public:
  Founder();
  struct Citizen {
    SigningKey key;
    Self self;  // its key points nowhere until the citizen has a fixed place
  };
  Citizen admit(std::uint8_t first, std::uint8_t second = 0) const;
  /// A later certificate for the same citizen, with another role.
  void promote(Citizen& citizen, Role role) const;
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
  /// One house reaches nobody and nobody reaches it; then it does again.
  void isolate(std::size_t house);
  void rejoin(std::size_t house);
  /// A house out of descriptors: it accepts no new connection, and keeps those it has.
  void shut_door(std::size_t house) { shut_.insert(house); }
  /// What becomes of every message from now on.
  void set_weather(Weather weather) { weather_ = std::move(weather); }
  /// The clock on a house's wall differs from the true time by this much.
  void set_clock(std::size_t house, Duration off) { houses_[house].clock_off = off; }
  /// One connection is made, whoever wants it; or ends as if the cable was pulled.
  void connect(std::size_t from, std::size_t to);
  void disconnect(std::size_t a, std::size_t b, Evidence seen = Evidence::silent);
  /// A house says something it did not decide to say; it arrives now.
  void tell(std::size_t from, std::size_t to, const Message& message);
  /// The same with one rumor.
  void tell(std::size_t from, std::size_t to, const Rumor& rumor);
  void run(Duration time);
  /// Runs until it holds, at most this long; whether it does.
  bool run_until(const std::function<bool()>& holds, Duration most);

  /// Publishes something new; the number by which it is known from then on.
  Publication publish(std::size_t house);
  /// An accusation a house could sign, true or not.
  Rumor accusation(std::size_t by, std::size_t of, Incarnation incarnation, Status verdict) const;

  Gossip& at(std::size_t house) { return *houses_[house].machine; }
  Founder::Citizen& citizen(std::size_t house) { return houses_[house].citizen; }
  const Founder& founder() const { return founder_; }
  const Roster& roster(std::size_t house) const { return *houses_[house].roster; }
  /// What a house has on its disk.
  Bytes& disk(std::size_t house) { return houses_[house].stored; }
  std::size_t writes(std::size_t house) const { return houses_[house].writes; }
  const NodeId& node(std::size_t house) const { return houses_[house].citizen.self.node; }
  std::optional<Status> status(std::size_t of, std::size_t in);
  /// Whether all running houses believe each other up, `n` in all, with equal roots.
  bool agrees(std::size_t n);
  bool all_believe(std::size_t of, Status status);
  std::size_t notes(std::size_t house, const std::string& event) { return houses_[house].notes[event]; }
  /// Notes that put an event down to this house.
  std::size_t blamed(std::size_t by, std::size_t whom, const std::string& event) {
    return houses_[by].blamed[{event, node(whom)}];
  }
  std::size_t arrivals(std::size_t house) const { return houses_[house].arrived; }
  /// Whether a house has been shown this.
  bool has(std::size_t house, Publication what) const { return houses_[house].heard.contains(what); }
  /// How many houses have been shown this, and when the last of them was.
  struct Spread {
    std::size_t houses = 0;
    Time last{};
  };
  Spread spread(Publication what) const;
  std::size_t changes(std::size_t house, std::size_t about, Status status);
  std::size_t most_links() const { return most_links_; }
  bool running(std::size_t house) const { return houses_[house].life == Life::running; }
  /// Into how many parts the links divide the running houses that are `counted`, over those houses alone.
  std::size_t parts(const std::function<bool(std::size_t)>& counted = [](std::size_t) { return true; });
  /// Messages of one kind that were sent, by all.
  template <class T>
  std::size_t sent() const {
    return sent_[Message(T{}).index()];
  }
  /// Messages of any kind that were sent, by all.
  std::size_t sent_in_all() const { return std::accumulate(sent_.begin(), sent_.end(), std::size_t{0}); }
  /// Frames that carried something published by publish().
  std::size_t copies() const { return copies_; }
  std::size_t dials() const { return dials_; }
  void perform(std::size_t house, Effects effects);
  Now now() const { return now_of(Duration::zero()); }

 private:
  enum class Life { away, running, frozen };
  struct House {
    Founder::Citizen citizen;
    std::unique_ptr<Roster> roster;
    std::unique_ptr<Book> book;
    std::unique_ptr<Gossip> machine;
    Bytes stored;
    Life life = Life::away;
    std::uint64_t lives = 0;
    Time wakes = never;  // the tick that is arranged
    Duration clock_off{};
    std::size_t writes = 0;
    std::size_t arrived = 0;
    std::map<Publication, Time> heard;
    std::map<std::string, std::size_t> notes;
    std::map<std::pair<std::string, NodeId>, std::size_t> blamed;
    std::map<std::pair<NodeId, Status>, std::size_t> changes;
  };
  struct Connection {
    std::uint64_t epoch = 0;     // what flew on one connection does not arrive on the next
    std::array<Time, 2> last{};  // the latest arrival each way
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
  void receive(std::size_t from, std::size_t to, const Message& message);
  void give_up_unreachable();
  bool reach(std::size_t a, std::size_t b) const {
    return ((a < border_) == (b < border_) || border_ == 0) && !isolated_.contains(a) &&
           !isolated_.contains(b);
  }
  Now now_of(Duration clock_off) const {
    return {
        .time = now_,
        .wall = town_founded + std::chrono::duration_cast<SignedClock::duration>(now_ - Time{} + clock_off)};
  }
  Now now_at(std::size_t house) const { return now_of(houses_[house].clock_off); }
  static std::pair<std::size_t, std::size_t> pair(std::size_t a, std::size_t b) { return std::minmax(a, b); }

  Founder founder_;
  RememberingVerifier verifier_{1 << 20};
  Config config_;
  Random random_;
  std::vector<House> houses_;
  std::map<NodeId, std::size_t> address_;
  std::map<std::pair<std::size_t, std::size_t>, Connection> connections_;
  std::vector<Event> events_;  // a heap, the earliest first
  std::uint64_t order_ = 0;
  Time now_{};
  std::size_t border_ = 0;
  std::set<std::size_t> isolated_;
  std::set<std::size_t> shut_;
  Weather weather_;
  std::uint64_t epochs_ = 0;
  Publication published_ = 0;
  std::size_t copies_ = 0;
  std::size_t most_links_ = 0;
  std::array<std::size_t, std::variant_size_v<Message>> sent_{};
  std::size_t dials_ = 0;
};

}  // namespace grapevine::gossip
