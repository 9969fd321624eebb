// Whom this device has met, and what came of it. A meeting is a connection that stands: the other side has
// proven its key, nobody had to vouch for it. What a node says it can do is in its own records (`claimed`);
// what it has done for us stands here (`verified`), and no table mixes the two. Of calls only their number
// and their end are kept, never a text. All of it is this device's own: never sent, because an opinion that
// is passed on invites slander; and kept on disk, a minute late, because nobody depends on the last count.
// How far a node is believed is computed and kept by moa/trust alone.
#pragma once

#include "crypto/identity.hpp"
#include "dns/store.hpp"

#include <map>
#include <set>

namespace grapevine::dns {

/// How the calls ended that one node asked of another. One that was taken back says nothing and is not
/// counted.
struct Calls {
  std::uint64_t answered = 0;
  std::uint64_t failed = 0;
  std::uint64_t timed_out = 0;  // or the node was gone
  std::uint64_t refused = 0;    // for load, or because it may not be asked
  std::uint64_t asked() const { return answered + failed + timed_out + refused; }
  static auto fields(auto& self) {
    return std::tie(self.answered, self.failed, self.timed_out, self.refused);
  }
};

/// Something a node has done here.
struct Deed {
  Text<32> capability;
  std::uint64_t times = 0;
  WallTime last;
  static auto fields(auto& self) { return std::tie(self.capability, self.times, self.last); }
};

/// How one call ended.
struct CallEnd {
  enum class Asker : std::uint8_t { self, peer };
  enum class How : std::uint8_t { answered, failed, timed_out, refused };
  Asker asker = Asker::self;
  How how = How::answered;
  std::string_view capability = {};  // what it showed, if we asked and it answered
  Duration took{};                   // if we asked
};

struct Acquaintance {
  List<Text<63>, 4> names;  // it was seen under, the latest first
  WallTime first_met;
  WallTime last_met;
  std::uint64_t meetings = 0;
  std::optional<NodeId> introducer;  // who told us of it; absent when it came by itself
  Calls ours;                        // asked by us
  Calls theirs;                      // asked by it
  Duration round_trip{};             // of calls it answered, a moving average; zero before the first
  List<Deed, 16> verified;           // by capability
  static auto fields(auto& self) {
    return std::tie(self.names, self.first_met, self.last_met, self.meetings, self.introducer, self.ours,
                    self.theirs, self.round_trip, self.verified);
  }
};

class Social {
 public:
  static constexpr std::size_t met_max = 4096;  // the one met longest ago makes room
  static constexpr Duration save_after = 60s;   // a disk is written at most once a minute

  /// Those the store kept; it must outlive this.
  explicit Social(Store& store);

  /// A connection to it stands. `introducer` is looked at the first time only.
  void met(const NodeId& node, std::optional<NodeId> introducer, Now now);
  /// It bears this name now. Nothing for a node we have not met, here and below.
  void seen_as(const NodeId& node, std::string_view name, Time now);
  void called(const NodeId& node, const CallEnd& end, Now now);

  /// nullptr for a node we have not met. Valid until the next change.
  const Acquaintance* find(const NodeId& node) const;
  const std::map<NodeId, Acquaintance>& all() const { return met_; }

  /// Puts into the store what has changed since the last time.
  void save();
  /// When save() is due.
  Time deadline() const { return save_at_; }

 private:
  Acquaintance* change(const NodeId& node, Time now);
  void make_room();

  Store* store_;
  std::map<NodeId, Acquaintance> met_;
  std::set<NodeId> unsaved_;
  Time save_at_ = never;
};

}  // namespace grapevine::dns
