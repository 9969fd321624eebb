#include "dns/sync.hpp"

#include <algorithm>
#include <set>

namespace grapevine::dns {

namespace {

ShortId short_id(const RecordId& id) {
  ShortId cut;
  std::copy_n(id.value.data(), cut.bytes.size(), cut.data());
  return cut;
}

/// Whether it asks about ranges, about each once: one of many records costs as much each time.
bool is_honest(const Question& question) {
  std::set<std::string_view> asked;
  return !question.ranges.empty() &&
         std::all_of(question.ranges.begin(), question.ranges.end(), [&](const AskedRange& range) {
           return RecordSet::is_path(range.path) && asked.insert(text(range.path)).second;
         });
}

/// Short ids as they were listed, one after the other; absent when they are not strictly ascending.
std::optional<std::vector<ShortId>> ids_of(View listed) {
  if (listed.size() % ShortId::size() != 0) return std::nullopt;
  std::vector<ShortId> ids(listed.size() / ShortId::size());
  for (std::size_t i = 0; i < ids.size(); ++i)
    std::copy_n(listed.begin() + static_cast<std::ptrdiff_t>(i * ShortId::size()), ShortId::size(),
                ids[i].bytes.begin());
  const bool ascending = std::adjacent_find(ids.begin(), ids.end(), std::greater_equal<>()) == ids.end();
  return ascending ? std::optional(std::move(ids)) : std::nullopt;
}

/// The parts of a range whose hashes are not mine.
std::vector<Path> parts_that_differ(const RecordSet& mine, const RangeKey& key, const Path& path,
                                    View hashes) {
  std::vector<Path> differing;
  std::size_t at = 0;
  for (auto& part : RecordSet::parts(path)) {
    const View theirs = hashes.subspan(at, RangeHash::size());
    if (text(theirs) != text(mine.hash_of(part, key).view())) differing.push_back(std::move(part));
    at += RangeHash::size();
  }
  return differing;
}

/// The next `most` elements of a list that is used up from its end.
template <class T>
std::vector<T> take_last(std::vector<T>& list, std::size_t most) {
  const auto count = static_cast<std::ptrdiff_t>(std::min(most, list.size()));
  std::vector<T> taken(list.rbegin(), list.rbegin() + count);
  list.erase(list.end() - count, list.end());
  return taken;
}

}  // namespace

Sync::Sync(const Config& config, const RecordSet& mine, const Store& store, Random random)
    : config_(config), mine_(&mine), store_(&store), random_(random) {}

Effects Sync::meet(const NodeId& peer, Time now) {
  std::erase_if(rests_, [now](const auto& rest) { return rest.second <= now; });
  if (open_.size() >= open_max || open_.contains(peer) || rests_.contains(peer) || moves(now)) return {};
  auto ranges = RecordSet::coarsest();
  std::reverse(ranges.begin(), ranges.end());
  Exchange exchange{
      .moved = now, .key = {}, .ranges = std::move(ranges), .begun = mine_->root(), .root = mine_->root()};
  for (auto& byte : exchange.key.bytes) byte = static_cast<std::uint8_t>(random_.next());
  return ask(peer, open_[peer] = std::move(exchange), now);
}

Effects Sync::answer(const NodeId& from, const Question& question, Time now) {
  // Who is being asked need not ask back: an exchange moves records both ways.
  if (!open_.contains(from)) rest(from, now + config_.meet_pause);
  if (!is_honest(question)) return {Note{"hostile.question", from}};
  Allowance* allowance = allowance_of(from, now);
  Comparison comparison;
  comparison.turn = question.turn;
  std::size_t room = listed_ids_max;
  for (const auto& [path, hash] : question.ranges) {
    const auto cost = 1.0 + static_cast<double>(mine_->count(path));
    if (allowance == nullptr || !allowance->hashed.has(cost, now)) break;  // asked again later
    allowance->hashed.spend(cost);
    if (mine_->hash_of(path, question.key) != hash) {
      const auto ids = mine_->in(path);
      const std::size_t most = hash == RangeHash{} ? listed_ids_max : leaf_ids_max;
      const bool divides = ids.size() > most && RecordSet::is_divisible(path);
      if (!divides && ids.size() > room && room < listed_ids_max) break;  // asked again, with more room
      Difference& difference = comparison.differing.emplace_back();
      difference.range = comparison.ranges;
      if (divides) {
        for (const auto& part : RecordSet::parts(path))
          append(difference.hashes, mine_->hash_of(part, question.key).view());
      } else {
        const std::size_t listed = std::min(ids.size(), room);
        for (std::size_t i = 0; i < listed; ++i) append(difference.ids, short_id(ids[i]).view());
        room -= listed;
      }
    }
    ++comparison.ranges;
  }
  if (comparison.ranges == 0) return {Note{"registry.too_fast", from}};
  return {Send<Message>{from, std::move(comparison)}};
}

Effects Sync::compared(const NodeId& from, const Comparison& comparison, Time now) {
  const auto at = open_.find(from);
  if (at == open_.end() || at->second.turn != comparison.turn || at->second.asked.empty()) return {};
  Exchange& exchange = at->second;
  if (!take(exchange, comparison)) {
    end(from, now, config_.fruitless_pause);
    return {Note{"hostile.comparison", from}};
  }
  if (is_idle(exchange)) {  // what differs is refused by one of us, or never sent
    end(from, now, config_.fruitless_pause);
    return {};
  }
  return ask(from, exchange, now);
}

/// What each of us lacks in the ranges the peer spoke of, and which of their parts to ask about; false when
/// it is no honest comparison.
bool Sync::take(Exchange& exchange, const Comparison& comparison) const {
  auto asked = std::exchange(exchange.asked, {});
  if (comparison.ranges == 0 || comparison.ranges > asked.size()) return false;
  std::vector<Path> deeper;
  int last = -1;
  for (const Difference& difference : comparison.differing) {
    if (difference.range >= comparison.ranges || difference.range <= last) return false;
    last = difference.range;
    const Path& path = asked[difference.range];
    if (difference.hashes.empty()) {
      if (!take_ids(exchange, path, difference.ids)) return false;
    } else {
      if (difference.hashes.size() != difference.hashes.max || !RecordSet::is_divisible(path)) return false;
      for (auto& part : parts_that_differ(*mine_, exchange.key, path, difference.hashes))
        deeper.push_back(std::move(part));
    }
  }
  exchange.differs |= !exchange.wanted.empty() || !exchange.lacks.empty();
  std::reverse(exchange.wanted.begin(), exchange.wanted.end());
  std::reverse(exchange.lacks.begin(), exchange.lacks.end());
  deeper.insert(deeper.end(), asked.begin() + comparison.ranges, asked.end());
  exchange.ranges.insert(exchange.ranges.end(), deeper.rbegin(), deeper.rend());
  return exchange.ranges.size() <= ranges_max;
}

bool Sync::take_ids(Exchange& exchange, const Path& path, View ids) const {
  const auto theirs = ids_of(ids);
  if (!theirs) return false;
  auto their = theirs->begin();
  for (const RecordId& id : mine_->in(path)) {
    const ShortId cut = short_id(id);
    for (; their != theirs->end() && *their < cut; ++their) exchange.wanted.push_back(*their);
    if (their != theirs->end() && *their == cut) {
      ++their;
    } else {
      exchange.lacks.push_back(id);
    }
  }
  exchange.wanted.insert(exchange.wanted.end(), their, theirs->end());
  return exchange.wanted.size() <= listed_ids_max;
}

/// Whether too many comparisons in a row have brought nothing, neither to me nor to the peer.
bool Sync::is_idle(Exchange& exchange) const {
  const auto root = mine_->root();
  const bool brings = root != exchange.root || !exchange.lacks.empty();
  exchange.root = root;
  exchange.idle = brings ? 0 : exchange.idle + 1;
  return exchange.idle >= idle_max;
}

/// The next turn: what the peer lacks and what I want; when there is nothing of these, the next ranges.
Effects Sync::ask(const NodeId& peer, Exchange& exchange, Time now) {
  exchange.moved = now;
  if (!exchange.wanted.empty() || !exchange.lacks.empty()) return ask_records(peer, exchange);
  if (!exchange.ranges.empty()) return ask_ranges(peer, exchange);
  const bool fruitless = exchange.differs && mine_->root() == exchange.begun;
  end(peer, now, fruitless ? config_.fruitless_pause : config_.meet_pause);
  return {};
}

Effects Sync::ask_ranges(const NodeId& peer, Exchange& exchange) {
  Question question;
  question.key = exchange.key;
  exchange.asked = take_last(exchange.ranges, asked_ranges_max);
  for (const Path& path : exchange.asked)
    question.ranges.push_back({path, mine_->hash_of(path, exchange.key)});
  question.turn = exchange.turn = ++turns_;
  return {Send<Message>{peer, std::move(question)}};
}

Effects Sync::ask_records(const NodeId& peer, Exchange& exchange) {
  Effects effects;
  Records gift;
  std::size_t bytes = 0;
  for (const RecordId& id : take_last(exchange.lacks, batch_records_max)) {
    if (const auto record = store_->get(Table::record, id.value.view())) gather(gift, bytes, *record);
  }
  if (!gift.records.empty()) effects.emplace_back(Send<Message>{peer, std::move(gift)});
  Wanted wanted;
  wanted.turn = ++turns_;
  wanted.ids = take_last(exchange.wanted, batch_records_max);
  exchange.turn = wanted.turn;
  effects.emplace_back(Send<Message>{peer, std::move(wanted)});
  return effects;
}

Effects Sync::answer(const NodeId& from, const Wanted& wanted) const {
  Records records;
  records.turn = wanted.turn;
  std::size_t bytes = 0;
  for (const ShortId& id : wanted.ids) {
    store_->each(Table::record, id.view(), [&](View, View record) {
      gather(records, bytes, record);
      return Walk::stop;
    });
  }
  return {Send<Message>{from, std::move(records)}};
}

Effects Sync::received(const NodeId& from, std::uint32_t turn, Time now) {
  return awaits(from, turn) ? ask(from, open_.at(from), now) : Effects{};
}

bool Sync::awaits(const NodeId& from, std::uint32_t turn) const {
  const auto at = open_.find(from);
  return at != open_.end() && at->second.turn == turn && at->second.asked.empty();
}

bool Sync::may_bring(const NodeId& from, std::uint32_t turn, std::size_t records, Time now) {
  if (awaits(from, turn)) return true;
  Allowance* allowance = allowance_of(from, now);
  const auto count = static_cast<double>(records);
  if (allowance == nullptr || !allowance->brought.has(count, now)) return false;
  allowance->brought.spend(count);
  return true;
}

/// nullptr when too many others have used up theirs. Who has all of it again need not be remembered.
Sync::Allowance* Sync::allowance_of(const NodeId& peer, Time now) {
  if (allowances_.size() >= peers_max && !allowances_.contains(peer))
    std::erase_if(allowances_, [now](auto each) {  // a copy, for to ask a budget changes it
      return each.second.hashed.has(hashed_at_once, now) && each.second.brought.has(brought_at_once, now);
    });
  if (allowances_.size() >= peers_max && !allowances_.contains(peer)) return nullptr;
  return &allowances_[peer];
}

void Sync::give_up(const NodeId& peer, Time now) {
  if (open_.contains(peer)) end(peer, now, config_.fruitless_pause);
}

void Sync::tick(Time now) {
  for (auto at = open_.begin(); at != open_.end();) {
    const auto here = at++;
    if (here->second.moved + config_.exchange_patience <= now) end(here->first, now, config_.fruitless_pause);
  }
}

Time Sync::deadline() const {
  Time first = never;
  for (const auto& [peer, exchange] : open_)
    first = std::min(first, exchange.moved + config_.exchange_patience);
  return first;
}

bool Sync::moves(Time now) const {
  return std::any_of(open_.begin(), open_.end(), [&](const auto& exchange) {
    return now < exchange.second.moved + config_.exchange_alone;
  });
}

/// Adds a record unless the batch is full; the next exchange finds what did not fit.
void Sync::gather(Records& batch, std::size_t& bytes, View record) {
  if (batch.records.size() >= batch_records_max || bytes + record.size() > batch_bytes_max) return;
  bytes += record.size();
  batch.records.emplace_back(to_bytes(record));
}

void Sync::end(NodeId peer, Time now, Duration pause) {
  open_.erase(peer);
  rest(peer, now + pause);
}

void Sync::rest(const NodeId& peer, Time until) {
  if (rests_.size() < peers_max) rests_[peer] = until;
}

}  // namespace grapevine::dns
