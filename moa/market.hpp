// What calls cost where, as far as this origin has heard: at most 256 quotes, each the newest load a device
// told with the work sent there that this load cannot know of yet. Of bulletins the last to come is the
// newest, for gossip hands on no other; it yields only to a newer reply. A reply is the device's own word, so
// no number that others made up outlasts it.
//
// When does a load know of a ticket? A reply to a ticket does, and to all sent there before it, since
// messages to one peer arrive in order. A bulletin may have been on its way for two intervals; so it knows of
// what was sent longer ago than that. A ticket that has ended is forgotten, known or not.
//
// Beside it stands what the device has documents about: asked for once a version, again after ten seconds
// without an answer, and of 64 devices at most, since asking may take a connection.
#pragma once

#include "moa/load.hpp"
#include "moa/query.hpp"
#include "moa/sketch.hpp"

#include <map>
#include <vector>

namespace grapevine::moa {

struct Quote {
  struct Sent {
    TicketId ticket;
    Duration work{};  // charged
    Time at{};
  };
  Load load;
  Load replied;  // the last that came with a reply
  Time heard{};
  std::vector<Sent> unseen;  // in the order they were sent; at most the origin's calls

  Sketch topics;
  std::uint32_t topics_asked = 0;  // the version; zero: never
  Time topics_asked_at{};

  Duration unseen_work() const;
};

class Market {
 public:
  static constexpr std::size_t quotes_max = 256;
  static constexpr std::size_t sketches_max = 64;

  explicit Market(Duration bulletin_interval) : bulletin_interval_(bulletin_interval) {}

  /// A bulletin; the longest unheard quote makes room for that of a newcomer.
  void heard(const NodeId& node, const Load& load, Time now);
  /// A reply to a ticket.
  void replied(const NodeId& node, TicketId about, const Load& load, Time now);
  void sent(const NodeId& to, TicketId ticket, Duration work, Time now);
  void ended(const NodeId& node, TicketId ticket);
  void forget(const NodeId& node) { quotes_.erase(node); }
  /// Whether the device is to be asked for its topics; it then counts as asked.
  bool asks_topics(const NodeId& node, Time now);
  /// False: it was not asked.
  bool told_topics(const NodeId& node, Sketch topics);

  const Quote* find(const NodeId& node) const;
  /// A device that has not spoken for three bulletins, and 15 s, may have left without a word.
  bool is_fresh(const Quote& quote, Time now) const;

 private:
  Quote& quote_of(const NodeId& node);

  Duration bulletin_interval_;
  std::map<NodeId, Quote> quotes_;
};

}  // namespace grapevine::moa
