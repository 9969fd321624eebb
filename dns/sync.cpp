#include "dns/sync.hpp"

#include <algorithm>

namespace grapevine::dns {

namespace {

ShortId short_id(const RecordId& id) {
  ShortId cut;
  std::copy_n(id.value.data(), cut.bytes.size(), cut.data());
  return cut;
}

/// The short ids of a bucket as the peer listed them; absent when it is no list of strictly ascending ids.
std::optional<std::vector<ShortId>> ids_of(const Bucket& bucket) {
  if (bucket.ids.size() % ShortId::size() != 0) return std::nullopt;
  std::vector<ShortId> ids(bucket.ids.size() / ShortId::size());
  for (std::size_t i = 0; i < ids.size(); ++i)
    std::copy_n(bucket.ids.begin() + static_cast<std::ptrdiff_t>(i * ShortId::size()), ShortId::size(),
                ids[i].bytes.begin());
  const bool ascending = std::adjacent_find(ids.begin(), ids.end(), std::greater_equal<>()) == ids.end();
  return ascending ? std::optional(std::move(ids)) : std::nullopt;
}

bool same_sum(const Digest& a, const Digest& b, std::size_t bucket) {
  return std::equal(a.sums.data() + 8 * bucket, a.sums.data() + 8 * bucket + 8, b.sums.data() + 8 * bucket);
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

Sync::Sync(const Config& config, const RecordSet& mine, const Store& store)
    : config_(config), mine_(&mine), store_(&store) {}

Effects Sync::meet(const NodeId& peer, Time now) {
  std::erase_if(rests_, [now](const auto& rest) { return rest.second <= now; });
  if (open_.size() >= open_max || open_.contains(peer) || rests_.contains(peer) || moves(now)) return {};
  open_[peer] = Exchange{.moved = now};
  return {Send<Message>{peer, mine_->digest()}};
}

Effects Sync::answer(const NodeId& from, const Digest& digest, Time now) {
  // Who is being asked need not ask back: an exchange moves records both ways.
  if (!open_.contains(from)) rest(from, now + config_.meet_pause);
  const Digest mine = mine_->digest();
  Listing listing;
  std::size_t listed = 0;
  for (std::size_t i = 0; i < buckets; ++i) {
    if (same_sum(mine, digest, i)) continue;
    const auto number = static_cast<std::uint8_t>(i);
    const auto& ids = mine_->bucket(number);
    if (listed > 0 && listed + ids.size() > listed_ids_max) break;
    Bucket& bucket = listing.differing.emplace_back();
    bucket.number = number;
    for (const RecordId& id : ids) {
      if (++listed > listed_ids_max) break;
      append(bucket.ids, short_id(id).view());
    }
  }
  return {Send<Message>{from, std::move(listing)}};
}

Effects Sync::listed(const NodeId& from, const Listing& listing, Time now) {
  const auto at = open_.find(from);
  if (at == open_.end() || at->second.turn != 0) return {};
  Exchange& exchange = at->second;
  if (listing.differing.empty()) {
    end(from, now, config_.meet_pause);
    return {};
  }
  const auto before = exchange.difference;
  if (!compare(exchange, listing)) {
    end(from, now, config_.fruitless_pause);
    return {Note{"hostile.listing", from}};
  }
  if (exchange.difference ==
      before) {  // nothing moved in a whole round: what differs is refused by one of us
    end(from, now, config_.fruitless_pause);
    return {};
  }
  return ask(from, exchange, now);
}

/// What each of us lacks in the buckets the peer listed; false when the listing is no honest one.
bool Sync::compare(Exchange& exchange, const Listing& listing) const {
  exchange.wanted.clear();
  exchange.lacks.clear();
  std::size_t listed = 0;
  for (const Bucket& bucket : listing.differing) {
    const auto theirs = ids_of(bucket);
    if (!theirs || (listed += theirs->size()) > listed_ids_max) return false;
    const auto& mine = mine_->bucket(bucket.number);
    auto their = theirs->begin();
    for (const RecordId& id : mine) {
      const ShortId cut = short_id(id);
      for (; their != theirs->end() && *their < cut; ++their) exchange.wanted.push_back(*their);
      if (their != theirs->end() && *their == cut) {
        ++their;
      } else {
        exchange.lacks.push_back(id);
      }
    }
    exchange.wanted.insert(exchange.wanted.end(), their, theirs->end());
  }
  Bytes all;
  for (const ShortId& id : exchange.wanted) append(all, id.view());
  for (const RecordId& id : exchange.lacks) append(all, id.value.view());
  exchange.difference = hash<8>(purpose::registry_root, {all});
  std::reverse(exchange.wanted.begin(), exchange.wanted.end());
  std::reverse(exchange.lacks.begin(), exchange.lacks.end());
  return true;
}

/// The next turn: what the peer lacks, what I want; or, when there is nothing left of this round, the next
/// digest.
Effects Sync::ask(const NodeId& peer, Exchange& exchange, Time now) {
  exchange.moved = now;
  if (exchange.wanted.empty() && exchange.lacks.empty()) {
    if (++exchange.round > rounds_max) {
      end(peer, now, config_.meet_pause);
      return {};
    }
    exchange.turn = 0;
    return {Send<Message>{peer, mine_->digest()}};
  }
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
  const auto at = open_.find(from);
  if (at == open_.end() || turn == 0 || at->second.turn != turn) return {};
  return ask(from, at->second, now);
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

/// Adds a record unless the batch is full; the next round asks again for what did not fit.
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
  if (rests_.size() < rests_max) rests_[peer] = until;
}

}  // namespace grapevine::dns
