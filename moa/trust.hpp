// Whom to believe: a number in [0, 1] for each device, learned from what it says. It rises slowly and falls
// fast, so that no lie can be paid for with a few good answers; a device nobody knows begins at a quarter.
//
// * Confirmed by a canary (canary.hpp), or by the own device, which said the same without having seen it:
//   t += (1 - t) / 32. The own device is the one witness that no stranger can bribe.
// * Contradicts an own answer that somebody confirms: t -= t / 128. To err is no crime: who is right two
//   times in three comes to three quarters.
// * Fails a canary, repeats the question as an answer, sends what belongs to another ticket: t *= 0.7.
//
// Whether a device answers at all is another matter, and no reason to doubt what it says: `reliability` is
// the running share of its calls that ended well, for people to look at. A call refused for load is an honest
// price, and counts for nothing. It is not in the price: dividing the work by it refused .3 points more at
// ten times the load in one run (bench overload), where calls fail because all devices are full, and hedges
// (round.hpp) already go around who does not answer.
//
// Trust is this device's own opinion: it is remembered on disk and never gossiped. A claimed model name earns
// none, since output cannot prove it (arXiv 2504.04715).
#pragma once

#include "crypto/identity.hpp"
#include "crypto/result.hpp"
#include "moa/provenance.hpp"

#include <map>

namespace grapevine::moa {

class Trust {
 public:
  static constexpr std::size_t nodes_max = 256;  // 16 KiB; the one not heard of for longest makes room
  static constexpr double newcomer = 0.25;       // four strangers say as much as the own device

  /// How far to believe a device, from 0 to 1.
  double of(const NodeId& node) const;
  /// The share of its calls that end well, lately; 1 before the first.
  double reliability(const NodeId& node) const;

  void confirm(const NodeId& node);
  void doubt(const NodeId& node);
  void refute(const NodeId& node);
  /// A call ended so there.
  void ended(const NodeId& node, Outcome outcome);

  /// What was learned, for the disk; malformed when it was not written by encode().
  Bytes encode() const;
  static Result<Trust> decode(View bytes);

 private:
  struct Record {
    double trust = newcomer;
    double reliability = 1;
    std::uint64_t changed = 0;  // the number of the change
  };
  struct Stored;

  Record& take(const NodeId& node);

  std::map<NodeId, Record> records_;
  std::uint64_t changes_ = 0;
};

}  // namespace grapevine::moa
