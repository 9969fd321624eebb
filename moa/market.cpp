#include "moa/market.hpp"

#include <algorithm>

namespace grapevine::moa {

Duration Quote::unseen_work() const {
  Duration sum{};
  for (const auto& sent : unseen) sum += sent.work;
  return sum;
}

void Market::heard(const NodeId& node, const Load& load, Time now) {
  Quote& known = quote_of(node);
  if (!load.is_as_new_as(known.replied)) return;
  known.load = load;
  known.heard = now;
  std::erase_if(known.unseen,
                [&](const Quote::Sent& sent) { return sent.at < now - 2 * bulletin_interval_; });
}

void Market::replied(const NodeId& node, TicketId about, const Load& load, Time now) {
  Quote& known = quote_of(node);
  known.load = known.replied = load;
  known.heard = now;
  std::erase_if(known.unseen, [&](const Quote::Sent& sent) { return sent.ticket <= about; });
}

Quote& Market::quote_of(const NodeId& node) {
  if (quotes_.size() == quotes_max && !quotes_.contains(node)) {
    quotes_.erase(std::min_element(quotes_.begin(), quotes_.end(), [](const auto& a, const auto& b) {
      return a.second.heard < b.second.heard;
    }));
  }
  return quotes_[node];
}

void Market::sent(const NodeId& to, TicketId ticket, Duration work, Time now) {
  const auto quote = quotes_.find(to);
  if (quote != quotes_.end()) quote->second.unseen.push_back({ticket, work, now});
}

void Market::ended(const NodeId& node, TicketId ticket) {
  const auto quote = quotes_.find(node);
  if (quote == quotes_.end()) return;
  std::erase_if(quote->second.unseen, [&](const Quote::Sent& sent) { return sent.ticket == ticket; });
}

bool Market::asks_topics(const NodeId& node, Time now) {
  constexpr Duration patience = 10s;
  const auto found = quotes_.find(node);
  if (found == quotes_.end()) return false;
  Quote& quote = found->second;
  const std::uint32_t version = quote.load.topics;
  if (version == 0) quote.topics = {};
  const bool was_asked = quote.topics_asked == version && now < quote.topics_asked_at + patience;
  if (version == quote.topics.version() || was_asked) return false;
  const auto asked =
      std::count_if(quotes_.begin(), quotes_.end(), [](auto& one) { return one.second.topics_asked != 0; });
  if (quote.topics_asked == 0 && static_cast<std::size_t>(asked) >= sketches_max) return false;
  quote.topics_asked = version;
  quote.topics_asked_at = now;
  return true;
}

bool Market::told_topics(const NodeId& node, Sketch topics) {
  const auto found = quotes_.find(node);
  if (found == quotes_.end() || found->second.topics_asked == 0) return false;
  found->second.topics = std::move(topics);
  return true;
}

const Quote* Market::find(const NodeId& node) const {
  const auto quote = quotes_.find(node);
  return quote == quotes_.end() ? nullptr : &quote->second;
}

bool Market::is_fresh(const Quote& quote, Time now) const {
  return now - quote.heard <= std::max(Duration(15s), 3 * bulletin_interval_);
}

}  // namespace grapevine::moa
