#include "moa/trust.hpp"

#include "crypto/wire.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace grapevine::moa {

namespace {

constexpr double rise = 1.0 / 32;  // half of the way takes 22 answers
constexpr double drift = 1.0 / 128;
constexpr double fall = 0.7;            // and two refutations halve it
constexpr double call_step = 1.0 / 16;  // as the averages of call times move
constexpr double reliability_least = 0.25;

}  // namespace

double Trust::of(const NodeId& node) const {
  const Record* known = find(node);
  return known == nullptr ? newcomer : known->trust;
}

double Trust::reliability(const NodeId& node) const {
  const Record* known = find(node);
  return known == nullptr ? 1 : std::max(known->reliability, reliability_least);
}

void Trust::confirm(const NodeId& node) {
  Record& known = take(node);
  known.trust += (1 - known.trust) * rise;
}

void Trust::doubt(const NodeId& node) {
  take(node).trust *= 1 - drift;
}

void Trust::refute(const NodeId& node) {
  take(node).trust *= fall;
}

void Trust::ended(const NodeId& node, Outcome outcome) {
  if (outcome == Outcome::refused || outcome == Outcome::cancelled) return;
  Record& known = take(node);
  known.reliability += ((outcome == Outcome::answered ? 1 : 0) - known.reliability) * call_step;
}

const Trust::Record* Trust::find(const NodeId& node) const {
  const auto found =
      std::find_if(records_.begin(), records_.end(), [&](const Record& known) { return known.node == node; });
  return found == records_.end() ? nullptr : &*found;
}

Trust::Record& Trust::take(const NodeId& node) {
  const auto found =
      std::find_if(records_.begin(), records_.end(), [&](const Record& known) { return known.node == node; });
  if (found != records_.end()) {
    std::rotate(found, found + 1, records_.end());
  } else {
    if (records_.size() == nodes_max) records_.erase(records_.begin());
    records_.push_back({.node = node});
  }
  return records_.back();
}

/// The form on disk; doubles as their bits.
struct Trust::Stored {
  struct Known {
    NodeId node;
    std::uint64_t trust = 0;
    std::uint64_t reliability = 0;
    static auto fields(auto& self) { return std::tie(self.node, self.trust, self.reliability); }
  };
  List<Known, nodes_max> known;
  static auto fields(auto& self) { return std::tie(self.known); }
};

Bytes Trust::encode() const {
  Stored stored;
  for (const Record& record : records_)
    stored.known.push_back({.node = record.node,
                            .trust = std::bit_cast<std::uint64_t>(record.trust),
                            .reliability = std::bit_cast<std::uint64_t>(record.reliability)});
  return wire::encode(stored);
}

Result<Trust> Trust::decode(View bytes) {
  const auto stored = wire::decode<Stored>(bytes);
  if (!stored) return fail(stored.error());
  Trust trust;
  for (const auto& known : stored->known) {
    const Record record{.node = known.node,
                        .trust = std::bit_cast<double>(known.trust),
                        .reliability = std::bit_cast<double>(known.reliability)};
    const auto is_share = [](double value) { return value >= 0 && value <= 1; };
    if (!is_share(record.trust) || !is_share(record.reliability))
      return fail(Code::malformed, "this is not what trust was stored as");
    trust.records_.push_back(record);
  }
  return trust;
}

}  // namespace grapevine::moa
