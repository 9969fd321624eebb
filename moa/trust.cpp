#include "moa/trust.hpp"

#include "crypto/wire.hpp"

#include <algorithm>
#include <bit>

namespace grapevine::moa {

namespace {

constexpr double rise = 1.0 / 32;  // half of the way takes 22 answers
constexpr double drift = 1.0 / 128;
constexpr double fall = 0.7;            // and two refutations halve it
constexpr double call_step = 1.0 / 16;  // as the averages of call times move

}  // namespace

double Trust::of(const NodeId& node) const {
  const auto known = records_.find(node);
  return known == records_.end() ? newcomer : known->second.trust;
}

double Trust::reliability(const NodeId& node) const {
  const auto known = records_.find(node);
  return known == records_.end() ? 1 : known->second.reliability;
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

Trust::Record& Trust::take(const NodeId& node) {
  if (!records_.contains(node) && records_.size() == nodes_max)
    records_.erase(std::min_element(records_.begin(), records_.end(), [](const auto& a, const auto& b) {
      return a.second.changed < b.second.changed;
    }));
  Record& known = records_[node];
  known.changed = ++changes_;
  return known;
}

/// The form on disk; doubles as their bits.
struct Trust::Stored {
  struct Known {
    NodeId node;
    std::uint64_t trust = 0;
    std::uint64_t reliability = 0;
    std::uint64_t changed = 0;
    static auto fields(auto& self) { return std::tie(self.node, self.trust, self.reliability, self.changed); }
  };
  List<Known, nodes_max> known;
  static auto fields(auto& self) { return std::tie(self.known); }
};

Bytes Trust::encode() const {
  Stored stored;
  for (const auto& [node, record] : records_)
    stored.known.push_back({.node = node,
                            .trust = std::bit_cast<std::uint64_t>(record.trust),
                            .reliability = std::bit_cast<std::uint64_t>(record.reliability),
                            .changed = record.changed});
  return wire::encode(stored);
}

Result<Trust> Trust::decode(View bytes) {
  const auto stored = wire::decode<Stored>(bytes);
  if (!stored) return fail(stored.error());
  Trust trust;
  for (const auto& known : stored->known) {
    const Record record{.trust = std::bit_cast<double>(known.trust),
                        .reliability = std::bit_cast<double>(known.reliability),
                        .changed = known.changed};
    const auto is_share = [](double value) { return value >= 0 && value <= 1; };
    if (!is_share(record.trust) || !is_share(record.reliability))
      return fail(Code::malformed, "this is not what trust was stored as");
    trust.records_[known.node] = record;
    trust.changes_ = std::max(trust.changes_, record.changed);
  }
  return trust;
}

}  // namespace grapevine::moa
