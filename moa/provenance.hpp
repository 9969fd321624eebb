// Who said what in an answer, so that a person can look and a later reader can check: which plan was wanted
// and which happened, who proposed in which layer, who merged, who was asked and did not answer, and why.
// Hashes, never texts.
#pragma once

#include "crypto/time.hpp"
#include "moa/menu.hpp"
#include "moa/query.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::moa {

/// How a call ended: with a proposal; with a Nack; with an error of its model; not in time; with its device;
/// or because nobody waited for it any more, as others had begun before it or its twin was sooner.
enum class Outcome : std::uint8_t { answered, refused, failed, silent, gone, cancelled };
std::string_view name(Outcome outcome);

/// Why a device does not do a call.
enum class Unwilling : std::uint8_t {
  lane_full,
  share_used_up,
  too_large,
  scope,
  no_model,
  draining,
  malformed,
  failed
};
constexpr Unwilling wire_last(Unwilling) {
  return Unwilling::failed;
}
std::string_view name(Unwilling reason);

/// Why a call was sent: as planned; in place of one that could not; beside one that is late.
enum class Attempt : std::uint8_t { planned, instead, beside };
constexpr Attempt wire_last(Attempt) {
  return Attempt::beside;
}
std::string_view name(Attempt attempt);

/// One call, here or on a peer.
struct Voice {
  NodeId node;
  Attempt attempt = Attempt::planned;
  Stage stage = Stage::propose;
  std::uint8_t layer = 0;
  Outcome outcome = Outcome::answered;
  std::string model;  // as the device claims
  Duration queued{};
  Duration running{};
  Duration elapsed{};  // as the origin saw it
  std::uint32_t tokens_in = 0;
  std::uint32_t tokens_out = 0;
  Fixed<32> text_hash;
  std::optional<Unwilling> refusal = std::nullopt;  // what the device said when it did not do it
  std::optional<double> weight = std::nullopt;      // how far it was believed, where answers were weighed
  bool used = false;                                // its words stand in the answer, or went into the merging
};

/// How the answer came to be: one voice alone; merged by a model; the proposal most others agree with; one of
/// several that do not agree; or passages of several devices, put side by side with their sources.
enum class Merge : std::uint8_t { alone, synthesized, consensus, chosen, joined };
std::string_view name(Merge merge);

/// How a plan was chosen: the devices it could have, and what each row of the menu was worth at their prices.
/// Empty where no prices were asked for.
struct Reckoning {
  struct Bid {
    NodeId node;
    Duration price{};
    double quality = 0;  // points above an unknown device's
  };
  struct Worth {
    Row row;
    double seconds = 0;  // what its points are worth less what its calls cost; below zero: too dear
  };
  std::vector<Bid> bids;      // the cheapest first, at most two more than there can be proposers
  std::vector<Worth> worths;  // at most Menu::rows_max
  Duration patience{};        // the longest wait for one call that is worth an answer
};

/// The record of one answer.
struct Provenance {
  QueryId query;
  Reckoning reckoning;
  Shape wanted;
  Shape got;  // layers that brought a proposal; peers heard in the last of them
  Merge merge = Merge::alone;
  std::string degraded;  // empty, or why it is less than was wanted
  Duration elapsed{};
  std::vector<Voice> voices;
};

}  // namespace grapevine::moa
