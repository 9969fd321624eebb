// Several registries that hear each other's news, term by term: a Town of Neighbours, all admitted by the
// root, which may be cut in two, lose messages and have clocks that are a little apart.
#pragma once

#include "tests/dns/neighbours.hpp"

#include <memory>

namespace grapevine::dns::neighbours {

class Town {
 public:
  /// `loss`: how likely a record does not reach a node when it is published; nodes also compare notes once a
  /// term.
  explicit Town(unsigned nodes, std::uint64_t seed = 1, double loss = 0) : random_(seed), loss_(loss) {
    for (unsigned device = 0; device < nodes; ++device) {
      nodes_.push_back(std::make_unique<Neighbour>(device));
      skews_.push_back(std::chrono::seconds(random_.below(60)));
    }
    sides_.assign(nodes_.size(), false);
    for (std::size_t i = 0; i < nodes_.size(); ++i) spread(i, nodes_[i]->start(now(i)));
    for (std::size_t i = 0; i < nodes_.size(); ++i) make_all_equal();
  }

  Neighbour& operator[](std::size_t node) { return *nodes_[node]; }
  const NodeId& id(std::size_t node) const { return nodes_[node]->device.node; }
  std::size_t size() const { return nodes_.size(); }
  Random& random() { return random_; }
  Now now(std::size_t node) const { return at(elapsed_ + skews_[node]); }
  Term term() const { return term_of(at(elapsed_).wall); }

  void cut(std::vector<bool> sides) { sides_ = std::move(sides); }
  void heal() {
    sides_.assign(nodes_.size(), false);
    make_all_equal();
  }
  bool is_heard(std::size_t from, std::size_t to) const { return sides_[from] == sides_[to]; }

  bool claim(std::size_t node, std::string_view name) {
    auto effects = nodes_[node]->registry.claim(name, now(node));
    if (effects) spread(node, *effects);
    return effects.has_value();
  }
  /// Requires: it holds the name.
  void give_up(std::size_t node, std::string_view name) {
    spread(node, nodes_[node]->registry.give_up(name, now(node)).value());
  }
  /// Everybody in its hearing takes the record, and says what follows.
  void tell(std::size_t from, const Bytes& record) { spread(from, {Publish{record}}); }

  void pass(unsigned terms = 1) {
    for (; terms > 0; --terms) {
      elapsed_ += term_length;
      for (std::size_t i = 0; i < nodes_.size(); ++i) spread(i, nodes_[i]->registry.tick(now(i)));
      for (std::size_t i = 0; i < nodes_.size(); ++i) compare(i, random_.below(nodes_.size()));
    }
  }
  /// Where nothing is to be decided, hours may pass in one step.
  void skip(Duration span) { elapsed_ += span; }

  Result<Resolution> resolve(std::size_t node, std::string_view name) const {
    return nodes_[node]->registry.resolve(name, now(node).wall);
  }
  /// Whom some node calls the confirmed holder, each once, ascending.
  std::set<NodeId> confirmed(std::string_view name) const {
    std::set<NodeId> holders;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      const auto found = resolve(i, name);
      if (found && found->state == State::confirmed) holders.insert(found->node);
    }
    return holders;
  }

 private:
  void spread(std::size_t from, const Effects& effects) {
    std::deque<std::pair<std::size_t, Bytes>> news;
    const auto add = [&](std::size_t by, const Effects& all) {
      for (const auto& publish : only<Publish>(all)) news.emplace_back(by, publish.record);
    };
    for (add(from, effects); !news.empty(); news.pop_front()) {
      const auto [by, record] = news.front();
      for (std::size_t to = 0; to < nodes_.size(); ++to) {
        if (to == by || !is_heard(by, to) || random_.chance(loss_)) continue;
        add(to, nodes_[to]->registry.arrived(id(by), record, now(to)).second);
      }
    }
  }

  void compare(std::size_t a, std::size_t b) {
    if (a == b || !is_heard(a, b) || nodes_[a]->registry.root() == nodes_[b]->registry.root()) return;
    std::vector<std::pair<std::size_t, Effects>> said;
    exchange(
        *nodes_[a], *nodes_[b], nodes_[a]->registry.meet(id(b), now(a)), now(a),
        [&](const NodeId& by, const Effects& effects) { said.emplace_back(by == id(a) ? a : b, effects); });
    for (const auto& [by, effects] : said) spread(by, effects);
  }

  void make_all_equal() {
    for (std::size_t i = 0; i + 1 < nodes_.size(); ++i) compare(i, i + 1);
    for (std::size_t i = nodes_.size(); i-- > 1;) compare(i, i - 1);
  }

  Random random_;
  double loss_;
  Duration elapsed_ = 0s;
  std::vector<std::unique_ptr<Neighbour>> nodes_;
  std::vector<std::chrono::seconds> skews_;
  std::vector<bool> sides_;
};

}  // namespace grapevine::dns::neighbours
