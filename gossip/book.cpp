#include "gossip/book.hpp"

namespace grapevine::gossip {

namespace {
RowHash hash_row(const NodeId& node, Incarnation incarnation) {
  const std::array<std::uint8_t, 4> number{
      static_cast<std::uint8_t>(incarnation >> 24), static_cast<std::uint8_t>(incarnation >> 16),
      static_cast<std::uint8_t>(incarnation >> 8), static_cast<std::uint8_t>(incarnation)};
  const Fixed<16> made = hash<16>(purpose::members_root, {node.value.view(), number});
  RowHash row;
  std::memcpy(&row.low, made.data(), sizeof row.low);
  std::memcpy(&row.high, made.data() + sizeof row.low, sizeof row.high);
  return row;
}
}  // namespace

std::optional<Peer> Book::meet(const NodeId& node) {
  if (const auto known = find(node)) return known;
  if (nodes_.size() >= max_) return std::nullopt;
  const auto peer = static_cast<Peer>(nodes_.size());
  nodes_.push_back({.id = node});
  handles_.emplace(node, peer);
  leaves_[leaf_of(node)].push_back(peer);
  return peer;
}

std::optional<Peer> Book::find(const NodeId& node) const {
  const auto found = handles_.find(node);
  if (found == handles_.end()) return std::nullopt;
  return found->second;
}

Page Book::keep(Peer peer, const Alive& alive, const Signed<Alive>& word) {
  Page& latest = nodes_[peer].latest;
  if (latest == no_page || !(pages_[latest].word == word)) {
    if (free_.empty()) {
      free_.push_back(static_cast<Page>(pages_.size()));
      pages_.emplace_back();
    }
    latest = free_.back();
    free_.pop_back();
    pages_[latest] = {.word = word,
                      .contact = alive.contact,
                      .hash = hash_row(nodes_[peer].id, alive.incarnation),
                      .peer = peer};
  }
  hold(latest);
  return latest;
}

void Book::release(Page page) {
  Kept& kept = pages_[page];
  if (--kept.holders > 0) return;
  if (nodes_[kept.peer].latest == page) nodes_[kept.peer].latest = no_page;
  kept = {};
  free_.push_back(page);
}

Peers::Peers(Book& book, const NodeId& self) : book_(book) {
  const auto handle = book.meet(self);
  ensure(handle.has_value(), "there is room for oneself");
  myself_ = *handle;
}

}  // namespace grapevine::gossip
