#include "bench/mixture/town.hpp"

#include "crypto/match.hpp"

namespace grapevine::bench {

namespace {

constexpr Duration way = 10ms;
constexpr WallTime beginning{};

/// In a town nobody lies, and signatures are not what is measured.
class Trusting final : public Verifier {
 public:
  bool verify(const PublicKey&, View, const Signature&) override { return true; }
};

moa::QueryId query_id(std::size_t index) {
  moa::QueryId id;
  std::memcpy(id.value.data(), &index, sizeof index);
  return id;
}

std::size_t index_of(const moa::QueryId& id) {
  std::size_t index = 0;
  std::memcpy(&index, id.value.data(), sizeof index);
  return index;
}

}  // namespace

Town::Town(TownPlan plan)
    : plan_(std::move(plan)),
      citizens_(plan_.alphas.size(), beginning, plan_.owners),
      verifier_(std::make_unique<Trusting>()),
      roster_(citizens_.mesh(), *verifier_),
      chance_(plan_.seed),
      houses_(plan_.alphas.size()) {
  plan_.config.load_interval = plan_.gossip_age;
  for (Device i = 0; i < size(); ++i) roster_.admit(citizens_.self(i).certificate, beginning).value();
  for (Device i = 0; i < size(); ++i) rise(i);
  for (Device i = 0; i < size(); ++i) notice(i, {.is_up = true, .life = houses_[i].life});
  for (Device i = 0; i < size(); ++i) {
    if (plan_.rates[i] > 0) add(time_ + apart(plan_.rates[i] * plan_.swell_max), i, Asking{});
  }
  add(time_, 0, Looking{});
}

Town::~Town() = default;

void Town::run(Time until, const std::function<bool(const Town&)>& is_enough) {
  while (const auto event = agenda_.take(until)) {
    time_ = event->at;
    Matter matter = std::move(matters_[event->matter]);
    free_.push_back(event->matter);
    happen(event->at_device, std::move(matter));
    if (std::exchange(looked_, false) && is_enough(*this)) return;
  }
}

void Town::happen(Device device, Matter matter) {
  std::optional<moa::Engine>& engine = houses_[device].engine;
  const Now now{time_, beginning};
  match(
      std::move(matter), [&](Asking) { ask(device); }, [&](Waking) { wake(device); },
      [&](Looking) { look(); },
      [&](const Letter& letter) {
        if (engine) perform(device, engine->receive(citizens_.id(letter.from), letter.message, now));
      },
      [&](const Call& call) {
        if (!engine || call.life != houses_[device].life) return;
        perform(
            device,
            engine->generated(
                call.id, moa::Finished{.text = call.says, .tokens_in = 10, .tokens_out = 10, .evidence = {}},
                now));
      },
      [&](const Bytes& bulletin) {
        for (Device i = 0; i < size(); ++i) {
          if (i == device || !houses_[i].engine) continue;
          auto wished = houses_[i].engine->heard(citizens_.id(device), bulletin, time_);
          if (!wished.empty()) perform(i, std::move(wished));
        }
      },
      [&](Rise) { rise(device); }, [&](Fall) { fall(device); },
      [&](const Noticed& what) { notice(device, what); });
}

void Town::ask(Device device) {
  if (fates_.size() >= plan_.queries_max) return;
  add(time_ + apart(plan_.rates[device] * plan_.swell_max), device, Asking{});
  House& house = houses_[device];
  if (!house.engine || !chance_.chance(plan_.swell(time_) / plan_.swell_max)) return;
  const moa::QueryId id = query_id(fates_.size());
  fates_.push_back({.origin = device, .asked = time_});
  ++pending_;
  perform(device, house.engine->ask({.id = id,
                                     .turns = {moa::Turn{.speaker = moa::Speaker::user,
                                                         .text = {plan_.talk.ask(fates_.size() - 1)}}},
                                     .shape = plan_.shape,
                                     .scope = moa::Scope::mesh},
                                    time_));
}

void Town::perform(Device device, moa::Effects effects) {
  House& house = houses_[device];
  for (auto& effect : effects) {
    match(
        std::move(effect),
        [&](Send<moa::Message> send) {
          add(time_ + way, citizens_.index_of(send.to), Letter{device, std::move(send.message)});
        },
        [&](const moa::Generate& call) {
          add(time_ + work_of_call(device), device,
              Call{call.call, house.life, plan_.talk.answer(device, call.turns.back().text)});
        },
        [](const moa::Abort&) {}, [&](const moa::Reply& reply) { hear(reply); },
        [&](moa::PublishLoad load) { add(time_ + plan_.gossip_age, device, std::move(load.bulletin)); },
        [](const moa::Remember&) {}, [](const moa::Ended&) {}, [](const Note&) {});
  }
  measure(house);
  const Time due = house.engine->deadline();
  if (due >= house.wakes || due == never) return;
  house.wakes = std::max(due, time_);
  add(house.wakes, device, Waking{});
}

void Town::measure(House& house) {
  const moa::Load load = house.engine->load(time_);
  const std::size_t calls = house.engine->queued_calls();
  // What was taken in by an earlier estimate of alpha may stay.
  house.lane_bound = std::max(house.lane_bound, plan_.config.patience.bound(load.alpha()));
  const bool is_over =
      calls > house.engine->queue_bound() || std::max(load.own, load.foreign) > house.lane_bound;
  if (is_over) ++extremes_.over_bound;
  extremes_.calls = std::max(extremes_.calls, calls);
  extremes_.work = std::max(extremes_.work, load.work());
}

void Town::wake(Device device) {
  House& house = houses_[device];
  if (!house.engine || house.wakes > time_) return;
  house.wakes = never;
  perform(device, house.engine->tick({time_, beginning}));
}

void Town::hear(const moa::Reply& reply) {
  Fate& fate = fates_[index_of(reply.query)];
  const auto end = [&](Fate::End how) {
    fate.end = how;
    fate.ended = time_;
    --pending_;
  };
  if (const auto* answered = std::get_if<moa::Answered>(&reply.said)) {
    end(Fate::End::answered);
    fate.got = answered->provenance.got;
    fate.text = answered->text;
    if (const auto verdict = plan_.talk.judge(index_of(reply.query), fate.text))
      (void)houses_[fate.origin].engine->judge(reply.query, {}, verdict);
  } else if (const auto* refused = std::get_if<moa::Refused>(&reply.said)) {
    const bool is_for_load = refused->reason == moa::Refused::Reason::overloaded ||
                             refused->reason == moa::Refused::Reason::too_many;
    end(is_for_load ? Fate::End::refused : Fate::End::failed);
  }
}

void Town::look() {
  Sample sample{.at = time_, .queries_mean = static_cast<double>(pending_) / static_cast<double>(size())};
  for (const auto& house : houses_) {
    const std::size_t calls = house.engine ? house.engine->queued_calls() : 0;
    sample.calls_mean += static_cast<double>(calls) / static_cast<double>(size());
    sample.calls_max = std::max(sample.calls_max, calls);
  }
  samples_.push_back(sample);
  add(time_ + 1s, 0, Looking{});
  looked_ = true;
}

void Town::rise(Device device) {
  House& house = houses_[device];
  house.life += 1;
  house.lane_bound = {};
  house.wakes = never;
  const gossip::Self& citizen = citizens_.self(device);
  const moa::Self self{
      .node = citizen.node, .owner = owner(device), .mesh = citizens_.mesh().id, .key = citizen.key};
  house.engine.emplace(plan_.config, self, roster_, Random(chance_.next()));
  for (Device i = 0; i < size(); ++i) {
    if (i != device && houses_[i].engine) house.engine->met(citizens_.id(i), owner(i));
  }
  perform(device,
          house.engine->set_profile(moa::Profile{.kind = {"town"},
                                                 .model = {"m"},
                                                 .family = {"f"},
                                                 .synthesizes = plan_.ability == moa::Ability::synthesizes},
                                    time_));
  if (plan_.churn.up == Duration{}) return;
  add(time_ + plan_.churn.noticed, device, Noticed{.is_up = true, .life = house.life});
  add(time_ + chance_.exponential(plan_.churn.up), device, Fall{});
}

void Town::fall(Device device) {
  House& house = houses_[device];
  house.engine.reset();
  for (Fate& fate : fates_) {
    if (fate.origin != device || fate.end != Fate::End::pending) continue;
    fate.end = Fate::End::lost;
    fate.ended = time_;
    --pending_;
  }
  add(time_ + plan_.churn.noticed, device, Noticed{.is_up = false, .life = house.life});
  add(time_ + chance_.exponential(plan_.churn.down), device, Rise{});
}

void Town::notice(Device device, const Noticed& what) {
  // News of an earlier life, or of one that has ended since, comes too late to count.
  if (what.life != houses_[device].life || what.is_up != houses_[device].engine.has_value()) return;
  for (Device i = 0; i < size(); ++i) {
    if (i == device || !houses_[i].engine) continue;
    if (what.is_up)
      houses_[i].engine->met(citizens_.id(device), owner(device));
    else
      perform(i, houses_[i].engine->gone(citizens_.id(device), time_));
  }
}

Duration Town::work_of_call(Device device) {
  const Duration alpha = plan_.alphas[device];
  const Duration usual = plan_.work.law == Work::Law::fixed ? alpha : chance_.exponential(alpha);
  return chance_.chance(plan_.work.slow_share) ? from_seconds(plan_.work.slow_times * seconds(usual)) : usual;
}

void Town::add(Time at, Device device, Matter matter) {
  std::uint32_t place = static_cast<std::uint32_t>(matters_.size());
  if (free_.empty()) {
    matters_.push_back(std::move(matter));
  } else {
    place = free_.back();
    free_.pop_back();
    matters_[place] = std::move(matter);
  }
  agenda_.add({.at = at, .at_device = device, .matter = place});
}

}  // namespace grapevine::bench
