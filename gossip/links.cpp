#include "gossip/links.hpp"

#include <tuple>

namespace grapevine::gossip {

namespace {
constexpr Duration closing_most = 1s;       // an end the rim does not report is believed after this
constexpr Duration retry_blocked = 100ms;   // no room now; links end all the time
constexpr Duration retry_demand = 1s;       // a new frame is reason enough to try a failing peer again
constexpr unsigned failures_tolerated = 2;  // then another random member stands in
}  // namespace

void Links::start(Time now) {
  started_ = now;
  next_rotation_ = now + rotation();
}

void Links::call(Peer peer, const Contact& contact, Time now, Effects& out) {
  if (peer == peers_.myself() || linked(peer)) return;
  forget_introduced();
  if (!introduced_.contains(peer) && introduced_.size() >= config_.contacts_max) return;
  introduced_[peer] = contact;
  auto& link = table_[peer];
  link.calling = true;
  link.next_dial = now;
  dial_wanted(now, out);
}

void Links::carry(Peer to, Bytes frame, Time now, Effects& out) {
  const auto found = table_.find(to);
  if (found != table_.end()) {
    Link& link = found->second;
    // A goodbye is handed over in the step that closes the link.
    const bool goes = link.stage == Stage::up || (link.stage == Stage::closing && link.changed == now);
    if (goes) {
      link.used = now;
      out.push_back(Transmit{.to = peers_.node(to), .frame = std::move(frame)});
      return;
    }
  }
  if (!contact(to) || frames_ >= config_.frames_max || to == peers_.myself()) {
    out.push_back(
        Note{.event = "frame_dropped", .about = peers_.node(to), .detail = "no way to it, or too many wait"});
    return;
  }
  auto& link = table_[to];
  link.frames.push_back({.frame = std::move(frame), .until = now + config_.frame_waits});
  ++frames_;
  const Time soon = link.failures == 0 ? now : link.changed + retry_demand;
  link.next_dial = std::max(now, std::min(link.next_dial, soon));
  dial_wanted(now, out);
}

void Links::linked(Peer peer, Dialler by, Time now, Effects& out) {
  auto& link = table_[peer];
  enter(peer, link, Stage::up, now);
  link.by = by;
  link.used = now;
  link.calling = link.goodbye = false;
  if (members_.find(peer)) link.failures = 0;
  if (link.standing) say_purpose(peer, link, out);
  for (auto& waiting : link.frames)
    out.push_back(Transmit{.to = peers_.node(peer), .frame = std::move(waiting.frame)});
  frames_ -= link.frames.size();
  link.frames.clear();
  trim_cached(now, out);
  while (up_.size() > config_.links_max) {
    const auto least = least_used(peer);
    if (!least) break;  // all are our own choice, of which there are fewer
    evict(*least, now, out);
  }
  dial_wanted(now, out);
}

Ending Links::unlinked(Peer peer, Time now, Effects& out) {
  const auto found = table_.find(peer);
  if (found == table_.end() || found->second.stage == Stage::idle) return Ending::agreed;
  Link& link = found->second;
  const Stage before = link.stage;
  const Ending ending = before == Stage::dialling              ? Ending::never_stood
                        : before == Stage::up && !link.goodbye ? Ending::broken
                                                               : Ending::agreed;
  enter(peer, link, Stage::idle, now);
  if (link.goodbye && members_.up_count() > config_.small_mesh)
    link.standing = false;  // it has no room; another will do
  link.goodbye = false;
  link.calling = introduced_.contains(peer) && !members_.find(peer);  // it had no time for us
  if (ending == Ending::never_stood || link.calling) {
    fail_dial(link, now);
  } else {
    link.next_dial = peers_.node(peers_.myself()) < peers_.node(peer) ? now : now + config_.courtesy;
  }
  settle(now, out);
  return ending;
}

void Links::heard_goodbye(Peer peer, Time now, Effects& out) {
  const auto found = table_.find(peer);
  if (found == table_.end()) return;
  Link& link = found->second;
  link.goodbye = true;
  if (link.stage != Stage::up || link.by != Dialler::self) return;
  enter(peer, link, Stage::closing, now);
  next_ = std::min(next_, now + closing_most);
  out.push_back(HangUp{.to = peers_.node(peer)});
}

void Links::heard_purpose(Peer peer, Purpose purpose, Time now, Effects& out) {
  const auto found = table_.find(peer);
  if (found == table_.end() || found->second.stage != Stage::up) return;
  Link& link = found->second;
  const auto others_choice = std::count_if(neighbours_.begin(), neighbours_.end(),
                                           [&](Peer neighbour) { return !table_.at(neighbour).standing; });
  const bool full = members_.up_count() > config_.small_mesh && !link.standing && !link.chosen &&
                    static_cast<std::size_t>(others_choice) >= config_.chosen_max;
  if (full && purpose == Purpose::neighbour) return part(peer, Farewell::budget, now, out);
  link.chosen = purpose == Purpose::neighbour;
  list_neighbour(peer, link);
}

void Links::used(Peer peer, Time now) {
  if (const auto found = table_.find(peer); found != table_.end()) found->second.used = now;
}

void Links::part(Peer peer, Farewell reason, Time now, Effects& out) {
  const auto found = table_.find(peer);
  if (found == table_.end() || found->second.stage != Stage::up) return;
  enter(peer, found->second, Stage::closing, now);
  found->second.next_dial = now + config_.courtesy;
  next_ = std::min(next_, now + closing_most);
  send(peers_, peer, Bye{.reason = reason}, out);
  out.push_back(HangUp{.to = peers_.node(peer)});
}

void Links::expel(Peer peer, Time now, Effects& out) {
  introduced_.erase(peer);
  if (const auto found = table_.find(peer); found != table_.end()) found->second.calling = false;
  part(peer, Farewell::leaving, now, out);
}

void Links::settle(Time now, Effects& out) {
  const bool all = members_.up_count() <= config_.small_mesh;
  std::vector<Peer> standing;
  for (auto& [peer, link] : table_) {
    const bool given_up = !all && link.stage == Stage::idle && link.failures >= failures_tolerated;
    if (!members_.is_up(peer) || given_up) dismiss(peer, link, out);
    if (link.standing && peer != rotating_) standing.push_back(peer);
  }
  if (all) {
    for (const Peer peer : members_.living()) stand(peer, now, out);
  } else if (standing.size() > config_.standing) {  // the mesh has just outgrown the full one
    for (const Peer peer : random_.sample(standing, standing.size() - config_.standing))
      dismiss(peer, table_.at(peer), out);
  } else {
    if (now >= next_rotation_) rotate(now, out);
    // A few draws are enough: a member drawn twice leaves its place to the next time.
    for (std::size_t missing = config_.standing - standing.size(); missing > 0; --missing)
      stand(members_.living()[random_.below(members_.living().size())], now, out);
  }
  trim_cached(now, out);
  dial_wanted(now, out);
  tidy(now);
}

// One neighbour more, another one each time: nobody stays among those who pass nothing on, and the tree,
// which grows over the others, hardly notices.
void Links::rotate(Time now, Effects& out) {
  next_rotation_ = now + rotation();
  if (rotating_) dismiss(*rotating_, table_[*rotating_], out);
  rotating_ = members_.living()[random_.below(members_.living().size())];
  if (table_[*rotating_].standing) rotating_.reset();  // one of the others has been drawn
  if (rotating_) stand(*rotating_, now, out);
}

Duration Links::rotation() {
  return random_.between(config_.rotation / 2, config_.rotation * 3 / 2);
}

void Links::tick(Time now, Effects& out) {
  if (now < next_) return;
  for (auto& [peer, link] : table_) {
    drop_frames(peer, link, now, out);
    if (link.stage == Stage::dialling && link.changed + config_.dial_timeout <= now) {
      enter(peer, link, Stage::idle, now);
      fail_dial(link, now);
    }
    if (link.stage == Stage::closing && link.changed + closing_most <= now)
      enter(peer, link, Stage::idle, now);
  }
  settle(now, out);
}

bool Links::linked(Peer peer) const {
  const auto found = table_.find(peer);
  return found != table_.end() && found->second.stage == Stage::up;
}

const Contact* Links::contact(Peer peer) const {
  if (const Member* member = members_.find(peer)) return &members_.contact(*member);
  const auto found = introduced_.find(peer);
  return found == introduced_.end() ? nullptr : &found->second;
}

void Links::dial_wanted(Time now, Effects& out) {
  const bool starting = now < started_ + config_.starting;
  const std::size_t most = starting ? config_.dials_starting : config_.dials_max;
  for (auto& [peer, link] : table_) {
    if (dialling_ >= most) break;  // the end of a dial begins the next one
    if (link.stage != Stage::idle || !is_wanted(link) || !contact(peer)) continue;
    if (link.next_dial > now || !make_room(now, out)) {
      next_ = std::min(next_, std::max(link.next_dial, now + retry_blocked));
      continue;
    }
    enter(peer, link, Stage::dialling, now);
    next_ = std::min(next_, now + config_.dial_timeout);
    out.push_back(Dial{.to = peers_.node(peer), .contact = *contact(peer)});
  }
}

bool Links::make_room(Time now, Effects& out) {
  if (up_.size() + dialling_ < config_.links_max) return true;
  const auto least = least_used(peers_.myself());
  if (!least || table_.at(*least).chosen || table_.at(*least).used == now)
    return false;  // what was just handed over should still arrive
  evict(*least, now, out);
  return true;
}

// Own ones made on demand first, then those of others, which are theirs to close, then whose neighbour we
// are.
std::optional<Peer> Links::least_used(Peer except) const {
  std::optional<Peer> least;
  for (const auto& [peer, link] : table_) {
    if (link.stage != Stage::up || link.standing || peer == except) continue;
    const auto rank = [](const Link& of) { return std::tuple(of.chosen, of.by == Dialler::other, of.used); };
    if (!least || rank(link) < rank(table_.at(*least))) least = peer;
  }
  return least;
}

void Links::trim_cached(Time now, Effects& out) {
  std::vector<std::pair<Time, Peer>> cached;
  for (const auto& [peer, link] : table_) {
    if (link.stage == Stage::up && !link.standing && !link.chosen && link.by == Dialler::self)
      cached.push_back({link.used, peer});
  }
  if (cached.size() <= config_.cached) return;
  std::sort(cached.begin(), cached.end());
  cached.resize(cached.size() - config_.cached);
  for (const auto& [used, peer] : cached) evict(peer, now, out);
}

void Links::fail_dial(Link& link, Time now) {
  link.failures = std::min(link.failures + 1, 16u);
  const Duration most = std::min(config_.backoff_most, config_.backoff_first * (1 << link.failures));
  link.next_dial = now + random_.between(Duration::zero(), most);
}

void Links::enter(Peer peer, Link& link, Stage stage, Time now) {
  const auto seat = std::lower_bound(up_.begin(), up_.end(), peer);
  if (link.stage == Stage::up && stage != Stage::up) up_.erase(seat);
  if (link.stage != Stage::up && stage == Stage::up) up_.insert(seat, peer);
  if (link.stage == Stage::dialling) --dialling_;
  link.stage = stage;
  link.changed = now;
  if (stage == Stage::dialling) ++dialling_;
  if (stage != Stage::up) link.chosen = false;
  list_neighbour(peer, link);
}

void Links::stand(Peer peer, Time now, Effects& out) {
  Link& link = table_[peer];
  if (link.standing) return;
  link.standing = true;
  list_neighbour(peer, link);
  say_purpose(peer, link, out);
  const bool polite =
      members_.up_count() <= config_.small_mesh && peers_.node(peer) < peers_.node(peers_.myself());
  if (link.stage == Stage::idle)
    link.next_dial = std::max(link.next_dial, polite ? now + config_.courtesy : now);
}

void Links::dismiss(Peer peer, Link& link, Effects& out) {
  if (!link.standing) return;
  link.standing = false;
  list_neighbour(peer, link);
  say_purpose(peer, link, out);
}

void Links::say_purpose(Peer peer, const Link& link, Effects& out) const {
  if (link.stage != Stage::up) return;
  const Purpose purpose = link.standing ? Purpose::neighbour : Purpose::errand;
  send(peers_, peer, Neighbour{.purpose = purpose}, out);
}

/// Keeps the list of neighbours in step with one link.
void Links::list_neighbour(Peer peer, const Link& link) {
  const bool is_neighbour = link.stage == Stage::up && (link.standing || link.chosen);
  const auto place = std::lower_bound(neighbours_.begin(), neighbours_.end(), peer);
  const bool was_neighbour = place != neighbours_.end() && *place == peer;
  if (is_neighbour && !was_neighbour) neighbours_.insert(place, peer);
  if (!is_neighbour && was_neighbour) neighbours_.erase(place);
}

// Who has been called, and is held by its own word, needs no introduction any more.
void Links::forget_introduced() {
  std::erase_if(introduced_, [&](const auto& one) {
    const auto link = table_.find(one.first);
    return members_.find(one.first) && (link == table_.end() || !link->second.calling);
  });
}

void Links::drop_frames(Peer peer, Link& link, Time now, Effects& out) {
  const std::size_t before = link.frames.size();
  std::erase_if(link.frames, [&](const Waiting& waiting) { return waiting.until <= now; });
  const std::size_t dropped = before - link.frames.size();
  if (dropped == 0) return;
  frames_ -= dropped;
  out.push_back(
      Note{.event = "frame_dropped", .about = peers_.node(peer), .detail = std::to_string(dropped)});
}

// Forgets peers nobody waits for, and finds the next moment at which something is due.
void Links::tidy(Time now) {
  next_ = members_.up_count() <= config_.small_mesh ? never : next_rotation_;
  for (auto at = table_.begin(); at != table_.end();) {
    const Link& link = at->second;
    if (link.stage == Stage::idle && !is_wanted(link)) {
      at = table_.erase(at);
      continue;
    }
    for (const Waiting& waiting : link.frames) next_ = std::min(next_, waiting.until);
    if (link.stage == Stage::idle && contact(at->first))
      next_ = std::min(next_, std::max(link.next_dial, now + retry_blocked));
    if (link.stage == Stage::dialling) next_ = std::min(next_, link.changed + config_.dial_timeout);
    if (link.stage == Stage::closing) next_ = std::min(next_, link.changed + closing_most);
    ++at;
  }
}

}  // namespace grapevine::gossip
