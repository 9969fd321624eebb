// A town of mixture engines in virtual time, to learn what a policy does at a given load: the very
// moa::Engine that ships, one on each device, with models that take a known time and people who ask at random
// (Poisson). One unit of the studies is one second. A message takes 10 ms. A price that gossip carries is one
// to two of its ages old: each device publishes once an age, and the others hear it one age later.
//
// Everything is drawn from one seed. After every step of an engine its queue is held against its bound, so
// that "never" in a study means at no event.
#pragma once

#include "crypto/random.hpp"
#include "moa/engine.hpp"
#include "node/sim/agenda.hpp"
#include "node/sim/citizens.hpp"

#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

namespace grapevine::bench {

using Device = std::uint32_t;

/// How long calls take.
struct Work {
  enum class Law { exponential, fixed } law = Law::exponential;
  double slow_share = 0;  // of all calls; these take `slow_times` as long
  double slow_times = 10;
};

/// Devices that come and go; both times are exponential. Zero: all stay.
struct Churn {
  Duration up{};
  Duration down{};
  Duration noticed = 5s;  // until the others have learned of it from gossip
};

/// What is said in a town, by the number of the query; a study of how good answers are says more than this.
struct Talk {
  std::function<std::string(std::size_t query)> ask = [](std::size_t) { return "Why?"; };
  std::function<std::string(Device, const std::string& prompt)> answer = [](Device, const std::string&) {
    return "yes";
  };
  /// What a person thinks of the answer, if he says so.
  std::function<std::optional<double>(std::size_t query, const std::string& answer)> judge =
      [](std::size_t, const std::string&) { return std::nullopt; };
};

/// What is simulated.
struct TownPlan {
  std::vector<Duration> alphas;  // the mean call of each device
  moa::Config config;
  std::optional<moa::Shape> shape;  // of every query; absent: the engine's choice
  std::vector<double> rates;        // queries a second at each device
  /// What the rates are multiplied by at a time; at most `swell_max`.
  std::function<double(Time)> swell = [](Time) { return 1.0; };
  double swell_max = 1;
  Work work = {};
  Churn churn = {};
  Talk talk = {};
  node::sim::Owners owners = node::sim::Owners::one;  // each another's: all are asked all the same
  moa::Ability ability = moa::Ability::synthesizes;
  Duration gossip_age = 1s;
  std::size_t queries_max = std::numeric_limits<std::size_t>::max();  // nobody asks more
  std::uint64_t seed = 1;
};

/// What became of one query.
struct Fate {
  enum class End : std::uint8_t { pending, answered, refused, failed, lost } end = End::pending;
  Device origin = 0;
  Time asked{};
  Time ended{};
  moa::Shape got{};
  std::string text = {};  // of the answer
  Duration latency() const { return ended - asked; }
};

/// What an onlooker sees at one moment.
struct Sample {
  Time at{};
  double calls_mean = 0;  // held by a device
  std::size_t calls_max = 0;
  double queries_mean = 0;  // asked at a device and not ended
};

/// The worst of all moments.
struct Extremes {
  std::size_t calls = 0;       // held by a device
  Duration work{};             // estimated, held by a device
  std::size_t over_bound = 0;  // steps after which a device held more calls or work than its bound
};

class Town {
 public:
  explicit Town(TownPlan plan);
  ~Town();
  Town(const Town&) = delete;
  Town& operator=(const Town&) = delete;

  /// Lives until then, or until `is_enough`, asked once a second, says so.
  void run(
      Time until, const std::function<bool(const Town&)>& is_enough = [](const Town&) { return false; });

  /// Every query so far, in the order they were asked.
  const std::vector<Fate>& fates() const { return fates_; }
  /// One a second.
  const std::vector<Sample>& samples() const { return samples_; }
  const Extremes& extremes() const { return extremes_; }
  std::size_t size() const { return houses_.size(); }
  std::size_t pending() const { return pending_; }

 private:
  struct House {
    std::optional<moa::Engine> engine;  // absent: the device is down
    std::uint32_t life = 0;             // how often it has come up
    Time wakes = never;                 // when its next tick is due
    Duration lane_bound{};              // the work each of its lanes may hold
  };
  struct Letter {
    Device from = 0;
    moa::Message message;
  };
  struct Call {
    moa::CallId id;
    std::uint32_t life = 0;
    std::string says;
  };
  struct Rise {};   // a device comes up
  struct Fall {};   // or goes down
  struct Noticed {  // what the others have learned of that
    bool is_up = false;
    std::uint32_t life = 0;
  };
  struct Asking {};  // somebody asks there, perhaps
  struct Waking {};
  struct Looking {};  // the onlooker
  using Matter = std::variant<Asking, Waking, Looking, Letter, Call, Bytes, Rise, Fall, Noticed>;
  struct Event {
    Time at{};
    std::uint64_t sequence = 0;
    Device at_device = 0;
    std::uint32_t matter = 0;  // index in matters_
  };

  void add(Time at, Device device, Matter matter);
  void happen(Device device, Matter matter);
  void ask(Device device);
  void look();
  void rise(Device device);
  void fall(Device device);
  void notice(Device device, const Noticed& what);
  void wake(Device device);
  /// What an engine did: its effects, its bound, its next tick.
  void perform(Device device, moa::Effects effects);
  void measure(House& house);
  void hear(const moa::Reply& reply);
  Duration work_of_call(Device device);
  Owner owner(Device device) const { return roster_.find(citizens_.id(device))->owner; }
  Duration apart(double rate) { return chance_.exponential(from_seconds(1 / rate)); }

  TownPlan plan_;
  node::sim::Citizens citizens_;
  std::unique_ptr<Verifier> verifier_;
  Roster roster_;
  Random chance_;
  std::vector<House> houses_;
  node::sim::Agenda<Event> agenda_;
  std::vector<Matter> matters_;
  std::vector<std::uint32_t> free_;  // places in matters_
  Time time_{};
  bool looked_ = false;

  std::vector<Fate> fates_;
  std::size_t pending_ = 0;
  std::vector<Sample> samples_;
  Extremes extremes_;
};

}  // namespace grapevine::bench
