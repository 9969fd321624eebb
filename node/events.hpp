// Events: small signed messages that programs tell to all devices of the mesh ("doorbell", "deploy v2").
// They travel by gossip's broadcast, so each device judges before it passes on, cheapest question first:
// form, who, when, known already, too many, and only then the signature. Nothing is promised to who is away:
// there is no store, only the last `kept_max` in memory, numbered here in order of arrival so that a listener
// can ask for those after a number. An event is taken once: what was pushed out of memory bars everything its
// author told no later, and what is older than `told_before_max` is refused, so that a replay finds no gap.
#pragma once

#include "crypto/budget.hpp"
#include "crypto/certificate.hpp"
#include "crypto/random.hpp"
#include "gossip/gossip.hpp"
#include "node/effect.hpp"

#include <deque>
#include <map>

namespace grapevine::node {

using EventName = Text<64>;
using EventBody = Text<1024>;

/// What one device told, signed by it.
struct Event {
  static constexpr std::string_view purpose = "grapevine/event/1";
  static constexpr std::uint8_t type = 1;
  static constexpr std::size_t payload_bytes_max = 1'152;
  NodeId node;
  WallTime told;
  std::uint64_t nonce = 0;  // two equal messages of one millisecond are still two
  EventName name;
  EventBody body;
  static auto fields(auto& self) { return std::tie(self.node, self.told, self.nonce, self.name, self.body); }
};

/// An event as it is remembered here.
struct EventHeard {
  std::uint64_t number = 0;  // from 1, without gaps, since this node's start
  WallTime at;
  Event event;
};

class Events {
 public:
  static constexpr std::size_t kept_max = 256;
  static constexpr std::size_t authors_max = 1'024;  // who told something within told_before_max
  static constexpr double rate = 2;                  // of one author, a second
  static constexpr double burst = 32;
  static constexpr double reserve = 2;  // left unspent at home, so that delays on the way cost no event
  static constexpr std::chrono::hours told_before_max{1};
  static constexpr std::chrono::minutes told_ahead_max{
      10};  // as far as certificates are taken from the future

  /// The roster and the key outlive the machine.
  Events(NodeId node, const SigningKey& key, const Roster& roster, Random random)
      : node_(node), key_(key), roster_(roster), random_(random) {}

  /// The payload to publish. Errors: malformed (a name that is empty or no plain text), too_big, full (this
  /// device has told too much lately).
  [[nodiscard]] Result<Bytes> tell(std::string_view name, std::string_view body, Now now, Effects& out);
  /// What becomes of a broadcast that came through `from`.
  [[nodiscard]] gossip::Verdict arrived(const NodeId& from, View payload, Now now, Effects& out);

  /// Those after a number that are still kept, oldest first; all for a number from an earlier life.
  std::vector<const EventHeard*> after(std::uint64_t number) const;
  /// The number of the latest; 0 before the first.
  std::uint64_t latest() const { return latest_; }

 private:
  /// What is remembered of who tells.
  struct Author {
    Budget budget{rate, burst};
    WallTime forgotten{};  // told no later than this: already taken, or not to be told apart from it
    WallTime newest{};
  };
  bool is_known(const Event& event) const;
  Author* author_of(const Event& event, Now now);
  void keep(Event event, Author& author, Now now, Effects& out);

  NodeId node_;
  const SigningKey& key_;
  const Roster& roster_;
  Random random_;
  std::deque<EventHeard> kept_;
  std::map<NodeId, Author> authors_;
  std::uint64_t latest_ = 0;
};

}  // namespace grapevine::node
