// A little world for the engine alone: several engines, virtual time, messages that take a millisecond,
// models that do what a test scripts. Everything that happens is kept, so that a test can ask what was said.
#pragma once

#include "moa/engine.hpp"
#include "tests/crypto/sample.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace grapevine::moa {

inline const bool crypto_started = (start_crypto(), true);  // for every test of this program

/// How a model behaves: after `takes` it says `says`, fails with `fails`, or, hanging, nothing ever.
struct Script {
  Duration takes = 100ms;
  std::function<Finished(const Generate&)> says;
  std::vector<std::string> pieces = {};  // streamed at once when the call starts
  std::optional<Code> fails = std::nullopt;
  bool hangs = false;
  std::optional<Duration> takes_to_merge = std::nullopt;  // another time than for an answer
};

inline Finished said(std::string text) {
  return {.text = std::move(text), .tokens_in = 7, .tokens_out = 11};
}
inline Script says(std::string text, Duration takes = 100ms) {
  return {.takes = takes, .says = [text](const Generate&) { return said(text); }};
}
/// Proposes one text, and merges with another.
inline Script merges(std::string proposal, std::string merged) {
  return {
      .says = [=](const Generate& call) { return said(call.stage == Stage::aggregate ? merged : proposal); }};
}

/// What an asker has been told.
struct Told {
  std::string pieces;
  std::optional<Answered> answered;
  std::optional<Refused> refused;
  std::size_t ends = 0;
};

class Village {
 public:
  struct Post {
    std::size_t from, to;
    Message message;
  };

  /// `owners` names the person behind each device; those it does not reach are anna's.
  explicit Village(std::size_t size, Config config = {}, std::vector<std::string> owners = {}) {
    owners.resize(size, "anna");
    for (const auto& owner : owners) owners_.push_back(owner_of(owner));
    for (std::size_t i = 0; i < size; ++i) {
      keys_.push_back(std::make_unique<SigningKey>(sample::key(seed_of(i))));
      Certificate certificate = sample::certificate(seed_of(i), Role::member);
      certificate.label.assign("device " + std::to_string(i));
      certificate.owner = owners_[i];
      ids_.push_back(certificate.node);
      roster_.admit(sample::sign(certificate, 1), sample::noon).value();
    }
    for (std::size_t i = 0; i < size; ++i) {
      const Self self{ids_[i], owners_[i], sample::mesh().id, keys_[i].get()};
      engines_.push_back(std::make_unique<Engine>(config, self, roster_, Random(100 + i)));
      scripts.push_back(says("I am device " + std::to_string(i) + " and have nothing to add"));
      give_model(i, Ability::answers);
    }
    for (std::size_t i = 0; i < size; ++i) meet_all(i);
  }

  void give_model(std::size_t i, Ability ability, std::uint8_t slots = 1) {
    const bool merging = ability == Ability::synthesizes;
    perform(
        i, engine(i).set_profile(
               Profile{
                   .kind = {"test"}, .model = {"m"}, .family = {"f"}, .slots = slots, .synthesizes = merging},
               time));
  }
  /// A knowledge model whose documents have these terms.
  void give_topics(std::size_t i, const std::vector<std::string>& terms) {
    perform(i, engine(i).set_profile(Profile{.kind = {"knowledge"},
                                             .model = {"m"},
                                             .family = {"f"},
                                             .synthesizes = false,
                                             .topics = {sample::mesh().id, terms}},
                                     time));
  }
  void take_model(std::size_t i) { perform(i, engine(i).set_profile(std::nullopt, time)); }
  void meet_all(std::size_t i) {
    for (std::size_t j = 0; j < ids_.size(); ++j) engine(i).met(ids_[j], owners_[j]);
  }
  void lose(std::size_t whose, std::size_t peer) { perform(whose, engine(whose).gone(ids_[peer], time)); }

  QueryId ask(std::size_t i, Shape shape, Ask ask = {}) {
    ask.id = next_id();
    if (ask.turns.empty()) ask.turns = {Turn{.speaker = Speaker::user, .text = {"Which way?"}}};
    if (!ask.shape) ask.shape = shape;
    const QueryId id = ask.id;
    perform(i, engine(i).ask(std::move(ask), time));
    return id;
  }
  /// Asks without naming a shape.
  QueryId ask_freely(std::size_t i) {
    Ask ask;
    ask.id = next_id();
    ask.turns = {Turn{.speaker = Speaker::user, .text = {"Which way?"}}};
    const QueryId id = ask.id;
    perform(i, engine(i).ask(std::move(ask), time));
    return id;
  }
  void abandon(std::size_t i, const QueryId& query) { perform(i, engine(i).abandon(query, time)); }
  /// The model of device i says a piece.
  void speak(std::size_t i, CallId call, std::string text) {
    perform(i, engine(i).generated(call, Piece{std::move(text)}, now()));
  }
  /// Delivers a message as if `from` had sent it.
  void inject(std::size_t from, std::size_t to, const Message& message) {
    perform(to, engine(to).receive(ids_[from], message, now()));
  }

  void run(Duration how_long = 700s) {
    const Time end = time + how_long;
    while (step(end)) {
    }
    time = end;
  }

  Engine& engine(std::size_t i) { return *engines_[i]; }
  const NodeId& id(std::size_t i) const { return ids_[i]; }
  std::size_t index_of(const NodeId& id) const {
    return static_cast<std::size_t>(std::find(ids_.begin(), ids_.end(), id) - ids_.begin());
  }
  std::size_t noted(std::string_view event) const {
    return static_cast<std::size_t>(
        std::count_if(notes.begin(), notes.end(), [&](const Note& note) { return note.event == event; }));
  }
  std::size_t sent(std::uint8_t number) const {
    return static_cast<std::size_t>(std::count_if(posted.begin(), posted.end(), [&](const Post& post) {
      return std::visit([&]<class M>(const M&) { return M::number == number; }, post.message);
    }));
  }

  Time time{};
  std::vector<Script> scripts;
  std::function<bool(const Post&)> loses = [](const Post&) { return false; };
  std::function<Load(std::size_t, Load)> tells = [](std::size_t, Load load) { return load; };
  bool gossips = true;
  Duration gossip_takes{};
  WallTime wall = sample::noon;
  std::map<QueryId, Told> told;
  std::vector<Post> posted;
  std::vector<Generate> generated;
  std::vector<Note> notes;
  std::vector<Remember> remembered;
  std::vector<std::pair<std::size_t, Ended>> ended;  // by the device that says so
  std::size_t aborts = 0;
  std::size_t bulletins = 0;

 private:
  static std::uint8_t seed_of(std::size_t i) { return static_cast<std::uint8_t>(10 + i); }
  QueryId next_id() {
    QueryId id;
    id.value.bytes[0] = static_cast<std::uint8_t>(++asked_ & 0xff);
    id.value.bytes[1] = static_cast<std::uint8_t>(asked_ >> 8 & 0xff);
    return id;
  }
  Now now() const { return {time, wall}; }

  bool step(Time end) {
    Time tick = never;
    std::size_t who = 0;
    for (std::size_t i = 0; i < engines_.size(); ++i) {
      if (engines_[i]->deadline() < tick) tick = engines_[who = i]->deadline();
    }
    const Time event = later_.empty() ? never : later_.begin()->first;
    if (std::min(tick, event) > end) return false;
    time = std::max(time, std::min(tick, event));
    if (event <= tick) {
      const auto act = std::move(later_.begin()->second);
      later_.erase(later_.begin());
      act();
    } else {
      perform(who, engine(who).tick(now()));
    }
    return true;
  }

  void perform(std::size_t i, Effects effects) {
    for (auto& effect : effects) {
      if (auto* send = std::get_if<Send<Message>>(&effect)) {
        post({i, index_of(send->to), std::move(send->message)});
      } else if (auto* call = std::get_if<Generate>(&effect)) {
        generate(i, std::move(*call));
      } else if (const auto* reply = std::get_if<Reply>(&effect)) {
        hear(*reply);
      } else if (const auto* note = std::get_if<Note>(&effect)) {
        notes.push_back(*note);
      } else if (const auto* load = std::get_if<PublishLoad>(&effect)) {
        ++bulletins;
        if (gossips) gossip(i, load->bulletin);
      } else if (auto* kept = std::get_if<Remember>(&effect)) {
        remembered.push_back(std::move(*kept));
      } else if (const auto* end = std::get_if<Ended>(&effect)) {
        ended.emplace_back(i, *end);
      } else {
        ++aborts;
      }
    }
  }

  void gossip(std::size_t i, View bulletin) {
    const Bytes altered = wire::encode(tells(i, wire::decode<Load>(bulletin).value()));
    later_.emplace(time + gossip_takes, [this, i, altered] {
      for (std::size_t j = 0; j < engines_.size(); ++j) perform(j, engine(j).heard(ids_[i], altered, time));
    });
  }

  void post(Post post) {
    REQUIRE(post.from != post.to);
    posted.push_back(post);
    if (loses(post)) return;
    later_.emplace(time + 1ms, [this, post] { inject(post.from, post.to, post.message); });
  }

  void generate(std::size_t i, Generate call) {
    generated.push_back(call);
    const Script& script = scripts[i];
    for (const auto& piece : script.pieces) {
      later_.emplace(time, [this, i, id = call.call, piece] {
        perform(i, engine(i).generated(id, Piece{piece}, now()));
      });
    }
    if (script.hangs) return;
    const bool merges = call.stage == Stage::aggregate && script.takes_to_merge;
    later_.emplace(time + (merges ? *script.takes_to_merge : script.takes), [this, i, call, script] {
      if (script.fails)
        return perform(i, engine(i).generated(call.call, Error{*script.fails, "scripted"}, now()));
      perform(i, engine(i).generated(call.call, script.says(call), now()));
    });
  }

  void hear(const Reply& reply) {
    Told& so_far = told[reply.query];
    if (const auto* piece = std::get_if<Piece>(&reply.said)) so_far.pieces += piece->text;
    if (const auto* answered = std::get_if<Answered>(&reply.said)) so_far.answered = *answered, ++so_far.ends;
    if (const auto* refused = std::get_if<Refused>(&reply.said)) so_far.refused = *refused, ++so_far.ends;
  }

  SodiumVerifier verifier_;
  Roster roster_{sample::mesh(), verifier_};
  std::vector<std::unique_ptr<SigningKey>> keys_;
  std::vector<NodeId> ids_;
  std::vector<Owner> owners_;
  std::vector<std::unique_ptr<Engine>> engines_;
  std::multimap<Time, std::function<void()>> later_;  // equal times in the order they were put in
  std::uint32_t asked_ = 0;
};

}  // namespace grapevine::moa
