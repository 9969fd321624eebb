#include "crypto/match.hpp"
#include "node/sim/world_parts.hpp"

#include <algorithm>
#include <utility>

namespace grapevine::node::sim {
namespace {

constexpr std::size_t effects_max = 256;  // of one step: more means that something runs away
constexpr std::size_t broken_max = 32;
constexpr std::size_t burials_max = 1'000'000;
constexpr std::size_t tellings_max = 10'000;
constexpr int slow_factor = 10;

}  // namespace

World::World(WorldOptions options)
    : options_(std::move(options)),
      random_(options_.seed),
      verifier_(1u << 20),
      book_(options_.nodes),
      network_(options_.nodes, options_.weather, Random(random_.next())) {
  start_crypto();
  nodes_.resize(options_.nodes);
  for (Node& node : nodes_) node.disk = std::make_unique<Disk>(platter_);
  found(options_);
  for (Index i = 0; i < nodes_.size(); ++i)
    at(now_ + i * options_.join_interval, [i](World& world) { world.start(i); });
}

World::~World() = default;

void World::run_until(Time end) {
  while (!heap_.empty() && heap_.front().at <= end) {
    std::pop_heap(heap_.begin(), heap_.end(), Later{});
    Event event = std::move(heap_.back());
    heap_.pop_back();
    now_ = event.at;
    happen(std::move(event));
  }
  now_ = end;
}

void World::happen(Event event) {
  if (auto* what = std::get_if<Event::Do>(&event.what)) return what->what(*this);
  Node& node = nodes_[event.node];
  if (!node.core || event.life != node.life) return;
  count(event);
  happen(event.node, event);
}

void World::happen(Index index, Event& event) {
  Node& node = nodes_[index];
  match(
      event.what,
      [&](Event::Arrive& arrive) { land(arrive.from, index, arrive.connection, std::move(arrive.frame)); },
      [&](const Event::Dialled& dialled) { end_dial(index, dialled.other, dialled.failed, dialled.stands); },
      [&](const Event::Ended& ended) {
        if (ended.connection != 0) {
          if (!network_.stands(ended.other, index, ended.connection)) return;
          network_.disconnect(index, ended.other);
        }
        if (!network_.connected(index, ended.other))
          give(index, Unlinked{id(ended.other), gossip::Evidence::closed});
      },
      [&](const Event::Wake&) {
        if (node.wake != event.at) return;
        node.wake = never;
        give(index, Tick{});
      },
      [&](const Event::Turn&) { take_turn(index); },
      [&](Event::ModelSpeaks& speaks) {
        if (node.calls.contains(speaks.call))
          give(index, Generated{speaks.call, moa::Piece{std::move(speaks.words)}});
      },
      [&](Event::ModelDone& done) {
        if (node.calls.erase(done.call) == 0) return;  // aborted meanwhile
        const auto tokens = static_cast<std::uint32_t>(done.text.size() / 4);
        give(index,
             Generated{done.call,
                       moa::Finished{.text = std::move(done.text), .tokens_in = 8, .tokens_out = tokens}});
      },
      [](const Event::Do&) {});
}

/// Hands an input to a process, at once or when it comes to it. Nothing overtakes.
void World::give(Index index, Input input) {
  Node& node = nodes_[index];
  if (!node.core) return;
  const bool is_free = !is_paused(index) && now_ >= node.slow_until && node.mailbox.empty();
  if (is_free) return step(index, std::move(input));
  hold(index, std::move(input));
  plan_turn(index);
}

void World::step(Index index, Input input) {
  if (const auto* linked = std::get_if<Linked>(&input)) note_link(index, *index_of(linked->peer), true);
  if (const auto* ended = std::get_if<Unlinked>(&input)) note_link(index, *index_of(ended->peer), false);
  const Node& node = nodes_[index];
  perform(index, node.core->step(std::move(input), moment(index)));
  if (node.core && node.core->deadline() <= node.clock.read(now_))
    claim_broken("a deadline that has passed after its step");
}

void World::perform(Index index, Effects effects) {
  if (effects.size() > effects_max) claim_broken(std::to_string(effects.size()) + " effects in one step");
  Node& node = nodes_[index];
  if (node.parted_at != now_) node.parted.clear();
  for (auto& effect : effects) perform_one(index, effect);
  if (!node.core) return;
  watch_incarnation(index);
  const Time deadline = node.core->deadline();
  const Time due = std::max(node.clock.when(deadline), now_ + 1us);
  if (due < node.wake) {
    node.wake = due;
    schedule(node.wake, index, node.life, Event::Wake{});
  }
}

void World::perform_one(Index index, Effect& effect) {
  Node& node = nodes_[index];
  match(
      effect,
      [&](gossip::Transmit& transmit) { fly(index, *index_of(transmit.to), std::move(transmit.frame)); },
      [&](const Connect& connect) { dial(index, connect); },
      [&](const gossip::HangUp& end) { hang_up(index, *index_of(end.to)); },
      [&](const Admit& admit) { node.admitted[*index_of(admit.peer)] = true; },
      [&](const Expel& expel) {
        node.admitted[*index_of(expel.peer)] = false;
        hang_up(index, *index_of(expel.peer));
      },
      [&](const moa::Generate& call) { generate(index, call); },
      [&](const moa::Abort& abort) {
        // The device is free at once, as with a real server whose client hangs up.
        node.calls.erase(abort.call);
      },
      [&](const moa::Reply& reply) { record(reply, index); }, [](const OpenJoinPort&) {},
      [](const KeepCertificate&) {},  // its disk has the record
      [&](const gossip::Changed& changed) { hear(index, changed); }, [](const AnswerKnock&) {},
      [](const dns::Changed&) {}, [&](const Note& note) { hear(index, note); });
}

void World::hear(Index index, const Note& note) {
  ++notes_[std::string(note.event)];
  if (note.event == "event") return hear(index, tellings_[std::stoul(note.detail)]);
}

void World::hear(Index index, const gossip::Changed& changed) {
  if (changed.status != gossip::Status::dead || burials_.size() >= burials_max) return;
  const auto dead = index_of(changed.peer);
  if (dead) burials_.push_back({now_, index, *dead, is_up(*dead) ? std::nullopt : nodes_[*dead].ended});
}

void World::hear(Index index, Telling& telling) {
  telling.heard.push_back(now_);
  const std::uint32_t before = std::exchange(telling.lives[index], life(index));
  if (before == life(index)) claim_broken("node " + std::to_string(index) + " heard the same news twice");
}

void World::watch_incarnation(Index index) {
  Node& node = nodes_[index];
  const gossip::Incarnation incarnation = node.core->gossip().incarnation();
  if (incarnation < node.incarnation)
    claim_broken("node " + std::to_string(index) + " went back to an earlier incarnation");
  node.incarnation = incarnation;
}

void World::generate(Index index, const moa::Generate& call) {
  Node& node = nodes_[index];
  const Pace& pace = options_.paces[index % options_.paces.size()];
  Duration took = pace.law == Pace::Law::fixed ? pace.mean : node.chance.exponential(pace.mean);
  if (now_ < node.slow_until) took *= slow_factor;
  node.calls.insert(call.call);
  std::string text = "node-" + std::to_string(index) + " says: the answer is known here, and it is number " +
                     std::to_string(call.call.value);
  schedule(now_ + took / 2, index, node.life, Event::ModelSpeaks{call.call, text.substr(0, text.size() / 2)});
  schedule(now_ + took, index, node.life, Event::ModelDone{call.call, std::move(text)});
}

void World::at(Time when, std::function<void(World&)> what) {
  schedule(when, 0, 0, Event::Do{std::move(what)});
}

moa::QueryId World::ask(Index origin, std::string text, std::optional<moa::Shape> shape, Duration deadline) {
  moa::QueryId query;
  const std::uint64_t words[] = {random_.next(), random_.next()};
  std::memcpy(query.value.data(), words, sizeof words);
  outcomes_[query] = {.origin = origin, .asked = now_};
  moa::Ask ask{.id = query, .shape = shape, .scope = moa::Scope::mesh, .deadline = deadline};
  ask.turns.push_back({moa::Speaker::user, std::move(text)});
  give(origin, std::move(ask));
  return query;
}

void World::abandon(Index origin, const moa::QueryId& query) {
  give(origin, Abandoned{query});
}

Result<void> World::claim(Index node, std::string_view name) {
  return said(node, nodes_[node].core->claim(name, moment(node)));
}

Result<void> World::give_up(Index node, std::string_view name) {
  auto effects = nodes_[node].core->give_up(name, moment(node));
  if (!effects) return fail(effects.error());
  perform(node, std::move(*effects));
  return {};
}

Result<void> World::tell(Index node) {
  if (tellings_.size() == tellings_max) return fail(Code::full, "enough has been told in one run");
  auto effects = nodes_[node].core->tell(std::to_string(tellings_.size()), "", moment(node));
  if (!effects) return fail(effects.error());
  tellings_.push_back({.at = now_, .teller = node, .heard = {}, .lives = std::vector<std::uint32_t>(size())});
  perform(node, std::move(*effects));
  return {};
}

Result<void> World::rotate(Index node) {
  const auto promise = keep_next_key(node);
  if (!promise) return fail(promise.error());
  return said(node, nodes_[node].core->rotate(key(node, nodes_[node].rot), *promise, moment(node)));
}

Result<void> World::crash_rotating(Index node) {
  if (const auto kept = keep_next_key(node); !kept) return fail(kept.error());
  crash(node);
  return {};
}

/// Puts the next key on the key disk; what the one after it will be.
Result<KeyCommitment> World::keep_next_key(Index index) {
  Node& node = nodes_[index];
  const KeyCommitment promise = promise_of(index, node.rot + 1);
  auto chain = node.core->registry().successor(key(index, node.rot + 1), promise);
  if (!chain) return fail(chain.error());
  node.chain = std::move(*chain);
  ++node.rot;
  return promise;
}

void World::turn_back_keys(Index index) {
  nodes_[index].chain.clear();
  nodes_[index].rot = 0;
}

Result<void> World::suspend(Index node) {
  return said(node, nodes_[node].core->suspend(dns::Cause::stolen, moment(node)));
}

Result<void> World::retire(Index by, Index node) {
  const Bytes record = dns::retirement(mesh_->id, id(node), ending_key(node), dns::Cause::lost);
  return said(by, nodes_[by].core->retire(record, moment(by)));
}

Result<void> World::revoke(Index by, Index node) {
  return said(by, nodes_[by].core->revoke(id(node), "stolen", {}, moment(by)));
}

Result<void> World::said(Index node, Result<Effects> effects) {
  if (!effects) return fail(effects.error());
  perform(node, std::move(*effects));
  return {};
}

void World::leave(Index node) {
  give(node, Leaving{});
}

void World::record(const moa::Reply& reply, Index node) {
  const auto found = outcomes_.find(reply.query);
  if (found == outcomes_.end() || found->second.origin != node)
    return claim_broken("a reply to nobody's query");
  Outcome& outcome = found->second;
  if (outcome.ended) claim_broken("a reply to a query that had ended");
  match(
      reply.said, [](const moa::Progress&) {}, [&](const moa::Piece& piece) { outcome.words += piece.text; },
      [&](const moa::Answered& answered) { record(outcome, answered); },
      [&](const moa::Refused&) {
        outcome.ended = now_;
        ++outcome.refusals;
      });
}

void World::record(Outcome& outcome, const moa::Answered& answered) {
  if (outcome.words != answered.text) claim_broken("an answer other than the words that were heard");
  outcome.ended = now_;
  ++outcome.answers;
  outcome.provenance = answered.provenance;
  outcome.text = answered.text;
}

void World::forget_ended() {
  std::erase_if(outcomes_, [](const auto& entry) { return entry.second.ended.has_value(); });
}

/// Extends the trace by who got what and when.
void World::count(const Event& event) {
  ++events_;
  trace_.add(static_cast<std::uint64_t>(event.at.time_since_epoch().count()));
  trace_.add(std::uint64_t{event.node} << 32 | event.what.index());
  if (const auto* arrive = std::get_if<Event::Arrive>(&event.what)) trace_.add(arrive->frame);
}

void World::claim_broken(std::string text) {
  if (broken_.size() < broken_max)
    broken_.push_back(std::to_string(seconds(now_.time_since_epoch())) + " s: " + text);
}

std::size_t World::size() const {
  return nodes_.size();
}
bool World::is_up(Index node) const {
  return nodes_[node].core != nullptr;
}
const Core& World::core(Index node) const {
  return *nodes_[node].core;
}
std::uint32_t World::life(Index node) const {
  return nodes_[node].life;
}
gossip::Incarnation World::spoken(Index node) const {
  return std::max(nodes_[node].spoken, nodes_[node].incarnation);
}
NodeId World::id(Index node) const {
  return nodes_[node].id;
}

std::optional<Index> World::index_of(const NodeId& id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? std::nullopt : std::optional(found->second);
}

Now World::moment(Index node) const {
  const Clock& clock = nodes_[node].clock;
  const Time local = clock.read(now_);
  return {local, wall_beginning + std::chrono::duration_cast<std::chrono::milliseconds>(
                                      local.time_since_epoch() + clock.wall_off)};
}

}  // namespace grapevine::node::sim
