// One machine that is told everything by hand: for what a single rumor or message does.
#pragma once

#include "town.hpp"

namespace grapevine::gossip {

class Alone {
 public:
  explicit Alone(Config config = {}, View stored = {}, Time begun = {})
      : at(begun), roster_(founder.mesh(), verifier_), book_(config.members_max) {
    Self self = me.self;
    self.key = &me.key;
    machine = std::make_unique<Gossip>(config, self, roster_, book_, stored, Random(7));
    started = machine->start(now());
  }

  Alive alive(const Founder::Citizen& of, Incarnation incarnation) const {
    return {.node = of.self.node,
            .incarnation = incarnation,
            .contact = of.self.contact,
            .certificate = of.self.certificate};
  }
  Rumor says(const Founder::Citizen& of, const Alive& alive) const {
    return {.alive = Signed<Alive>(alive, founder.mesh().id, of.key)};
  }
  Rumor is_here(const Founder::Citizen& of, Incarnation incarnation = 1) const {
    return says(of, alive(of, incarnation));
  }
  Rumor accuses(const Founder::Citizen& accuser, const NodeId& node, Incarnation incarnation,
                Status verdict = Status::suspect, Evidence evidence = Evidence::silent) const {
    const Accusation claim{.node = node,
                           .incarnation = incarnation,
                           .accuser = accuser.self.node,
                           .verdict = verdict,
                           .evidence = evidence};
    return {.accusation = Signed<Accusation>(claim, founder.mesh().id, accuser.key)};
  }
  Rumor leaves(const Founder::Citizen& of, Incarnation incarnation) const {
    return {.left =
                Signed<Left>({.node = of.self.node, .incarnation = incarnation}, founder.mesh().id, of.key)};
  }

  Effects hear(const Rumor& rumor) { return receive(anna, Rumors{.rumors = {{rumor}}, .wanted = {}}); }
  Effects receive(const Founder::Citizen& from, const Message& message) {
    return machine->receive(from.self.node, message, now());
  }
  /// Ticks whenever the machine wants to, for this long; all effects.
  Effects pass(Duration time) {
    Effects all;
    const Time end = at + time;
    while (machine->deadline() <= end) append(all, tick());
    at = end;
    return all;
  }
  /// The same, in a world where everybody who is pinged answers at once.
  Effects converse(Duration time) {
    Effects all;
    const Time end = at + time;
    while (machine->deadline() <= end) {
      Effects step = tick();
      for (std::size_t i = 0, asked = step.size(); i < asked; ++i) {
        const auto* send = std::get_if<Send<Message>>(&step[i]);
        const auto* ping = send ? std::get_if<Ping>(&send->message) : nullptr;
        if (ping)
          append(step, machine->receive(NodeId(send->to), Ack{.probe = ping->probe, .news = {}}, now()));
      }
      append(all, std::move(step));
    }
    at = end;
    return all;
  }
  Effects tick() {
    at = std::max(at, machine->deadline());
    Effects step = machine->tick(now());
    ensure(step.size() <= 256, "a step asks for at most 256 effects");
    return step;
  }
  Now now() const { return {.time = at, .wall = town_founded}; }
  std::optional<Status> status(const Founder::Citizen& of) const {
    const auto view = machine->find(of.self.node);
    return view ? std::optional(view->status) : std::nullopt;
  }

  Founder founder;
  Founder::Citizen me = founder.admit(0), anna = founder.admit(1), bert = founder.admit(2),
                   cleo = founder.admit(3), dora = founder.admit(4), emil = founder.admit(5);
  Time at;

 private:
  RememberingVerifier verifier_{1024};
  Roster roster_;
  Book book_;

 public:
  std::unique_ptr<Gossip> machine;
  Effects started;
};

/// One that is linked with some neighbours, who do nothing unless the test does.
struct Linked : Alone {
  explicit Linked(std::size_t neighbours = 4) {
    for (const auto* one : {&bert, &cleo, &dora, &emil}) {
      if (neighbours-- == 0) break;
      (void)hear(is_here(*one));
      (void)machine->linked(one->self.node, Dialler::other, now());
    }
  }
};

inline const Send<Message>* first_ping(const Effects& effects) {
  for (const Effect& effect : effects) {
    const auto* send = std::get_if<Send<Message>>(&effect);
    if (send && std::holds_alternative<Ping>(send->message)) return send;
  }
  return nullptr;
}

/// The effects of one kind, in order.
template <class T>
std::vector<T> only(const Effects& effects) {
  std::vector<T> found;
  for (const Effect& effect : effects) {
    if (const T* one = std::get_if<T>(&effect)) found.push_back(*one);
  }
  return found;
}

/// The messages of one kind that were sent, in order.
template <class T>
std::vector<T> sent(const Effects& effects) {
  std::vector<T> found;
  for (const auto& send : only<Send<Message>>(effects)) {
    if (const T* one = std::get_if<T>(&send.message)) found.push_back(*one);
  }
  return found;
}

inline bool noted(const Effects& effects, std::string_view event) {
  for (const Note& note : only<Note>(effects)) {
    if (note.event == event) return true;
  }
  return false;
}

}  // namespace grapevine::gossip
