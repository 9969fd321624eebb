// Records that came too soon: before the record they refer to, or before their own date. They wait here,
// unproven and not passed on, within bounds a stranger cannot stretch: 256 of each kind, a minute for those
// that miss a node; of those from the future the farthest leaves first.
#pragma once

#include "crypto/time.hpp"
#include "dns/record.hpp"

#include <vector>

namespace grapevine::dns {

class Waiting {
 public:
  static constexpr std::size_t records_max = 256;  // of each kind
  static constexpr Duration patience = 60s;

  /// A record, and who told us of it.
  struct Brought {
    NodeId by;
    Bytes record;
    bool operator==(const Brought&) const = default;
  };

  /// Until a record of `node` is taken, or patience ends. no_room or duplicate when it cannot wait.
  Reason wait_for(const NodeId& node, const RecordId& id, Brought brought, Time now);
  /// Until `due`. no_room or duplicate when it cannot wait.
  Reason wait_until(Time due, const RecordId& id, Brought brought);

  /// Those that waited for this node, in order of arrival.
  std::vector<Brought> release(const NodeId& node);
  /// Those whose time has come; and forgets who lost patience.
  std::vector<Brought> release(Time now);
  Time deadline() const;
  std::size_t size() const { return for_node_.size() + for_time_.size(); }

 private:
  struct Entry {
    NodeId node;
    RecordId id;
    Time until;
    Brought brought;
  };
  std::vector<Entry> for_node_;
  std::vector<Entry> for_time_;
};

}  // namespace grapevine::dns
