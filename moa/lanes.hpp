// The device's bounded queue, in two lanes: calls for its own queries and calls for others'. Start-time fair
// queueing (Goyal, Vin, Cheng 1996): whoever is served pays with the work of the call, and the one who has
// paid least is next; of two that paid alike, the one whose call came first. It is used twice: between the
// lanes, with equal weights, so that a busy mesh leaves its owner half of the device and a busy owner leaves
// the mesh half; and in the foreign lane between flows. A flow is one device of the own household, or all
// devices of another owner, so that nobody gains by asking from several. While others have nothing to do, one
// has it all; who returns owes nothing and is owed nothing.
//
// Charged work: of a layer's tickets about a third are cancelled, since the origin sends one and a half times
// as many as it needs. So a proposal is charged with its work / 1.5, an aggregation with all of it.
//
// The receiver rule, on arrival, whatever the sender believed: a lane holds at most `calls_max` calls and at
// most max(bound, its only call) of charged work; in the foreign lane, once it is a quarter full, a flow
// holds no more than twice its equal share. Hence, at any load and whatever peers claim,
//     own <= max(bound, w),  foreign <= max(bound, w),  calls <= 2 calls_max + slots:
// each arrival keeps this, and calls that leave only lower it.
#pragma once

#include "crypto/certificate.hpp"
#include "crypto/time.hpp"
#include "moa/query.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>

namespace grapevine::moa {

enum class Side : std::uint8_t { own, foreign };

/// Whose calls wait together: a device of the own household, or (no node) another owner.
struct Flow {
  Owner owner;
  NodeId node;
  auto operator<=>(const Flow&) const = default;
};

/// The part of a call's work a lane is charged with.
Duration charged(Stage stage, Duration work);

class Lanes {
 public:
  explicit Lanes(std::size_t calls_max) : calls_max_(calls_max) {}

  /// Why a call of this charged work may not wait there, where `bound` is the work that may.
  enum class Full : std::uint8_t { no, lane, share };
  Full full(Side side, const Flow& flow, Duration work, Duration bound) const;
  /// Requires: it is not full.
  void push(Side side, const Flow& flow, CallId call, Duration work);
  /// The next call to run.
  std::optional<CallId> pop();
  /// Takes a waiting call out; false when it does not wait here.
  bool remove(CallId call);

  std::size_t queued(Side side) const { return lane(side).calls; }
  Duration work(Side side) const { return lane(side).work; }
  std::size_t calls_max() const { return calls_max_; }

 private:
  struct Waiting {
    CallId call;
    Duration work{};
  };
  struct Row {
    std::deque<Waiting> calls;
    Duration work{};  // integer microseconds: the sum cannot drift
    Duration paid{};  // what it was served with, as its turn reckons
  };
  struct Lane {
    std::map<Flow, Row> rows;  // of the flows that have calls waiting
    std::size_t calls = 0;
    Duration work{};
    Duration paid{};
    Duration turn{};  // what the flow served last had paid before
  };
  const Lane& lane(Side side) const { return side == Side::own ? own_ : foreign_; }
  Lane& lane(Side side) { return side == Side::own ? own_ : foreign_; }
  static Waiting pop(Lane& lane);

  std::size_t calls_max_;
  Lane own_;
  Lane foreign_;
  Duration turn_{};  // what the lane served last had paid before
};

}  // namespace grapevine::moa
