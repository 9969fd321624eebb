// What is the same for everybody: which nodes there are, and what each has said of itself. Both are known by
// handles of 4 bytes, so that every other table of this floor is a flat vector of small rows, and what a
// machine believes of ten thousand others takes 360 KB. A machine alone has a book of its own; thousands in
// one process share one, in which each word is kept once. Handles of nodes count up and are never taken back;
// only nodes with a checked certificate get one. Words are counted by those who hold them.
#pragma once

#include "gossip/message.hpp"

#include <deque>
#include <unordered_map>
#include <vector>

namespace grapevine::gossip {

using Peer = std::uint32_t;  // a node's handle
using Page = std::uint32_t;  // the handle of what a node said of itself in one incarnation
inline constexpr Page no_page = ~Page{0};

/// What one row adds to the sums by which two member tables are compared.
struct RowHash {
  std::uint64_t low = 0, high = 0;
};

class Book {
 public:
  /// At most `max` nodes are ever met.
  explicit Book(std::size_t max) : max_(max) {}
  Book(const Book&) = delete;
  Book& operator=(const Book&) = delete;

  /// The handle of a node, made when there is none; nothing when the book is full.
  std::optional<Peer> meet(const NodeId& node);
  std::optional<Peer> find(const NodeId& node) const;
  const NodeId& node(Peer peer) const { return nodes_[peer].id; }
  std::size_t size() const { return nodes_.size(); }
  /// The nodes of one leaf, of those by which tables are compared (Merkle's tree, two levels of 32).
  const std::vector<Peer>& leaf(std::size_t leaf) const { return leaves_[leaf]; }
  std::size_t leaf_of(Peer peer) const { return leaf_of(node(peer)); }

  /// Keeps a checked word of a node, once for all who hold the same one. Each has to release it.
  Page keep(Peer peer, const Alive& alive, const Signed<Alive>& word);
  void hold(Page page) { ++pages_[page].holders; }
  void release(Page page);
  const Signed<Alive>& word(Page page) const { return pages_[page].word; }
  const Contact& contact(Page page) const { return pages_[page].contact; }
  const RowHash& row_hash(Page page) const { return pages_[page].hash; }
  /// Words that are held.
  std::size_t words() const { return pages_.size() - free_.size(); }

 private:
  static std::size_t leaf_of(const NodeId& node) {
    return (std::size_t{node.value.bytes[0]} << 8 | node.value.bytes[1]) >> (16 - 10);
  }
  struct Node {
    NodeId id;
    Page latest = no_page;  // its last word that was kept and is held
  };
  struct Kept {
    Signed<Alive> word;
    Contact contact;
    RowHash hash;
    Peer peer = 0;
    std::uint32_t holders = 0;
  };

  std::vector<Node> nodes_;
  std::unordered_map<NodeId, Peer, FirstBytes> handles_;  // never iterated
  std::array<std::vector<Peer>, branches * leaves_of_branch> leaves_;
  std::deque<Kept> pages_;
  std::vector<Page> free_;
  std::size_t max_;
};

/// The book as one machine reads it, which is in it too.
class Peers {
 public:
  /// Requires: the book has room.
  Peers(Book& book, const NodeId& self);

  Peer myself() const { return myself_; }
  std::optional<Peer> meet(const NodeId& node) { return book_.meet(node); }
  std::optional<Peer> find(const NodeId& node) const { return book_.find(node); }
  const NodeId& node(Peer peer) const { return book_.node(peer); }
  Book& book() const { return book_; }

 private:
  Book& book_;
  Peer myself_;
};

}  // namespace grapevine::gossip
