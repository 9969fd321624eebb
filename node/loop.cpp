#include "node/loop.hpp"

#include "crypto/match.hpp"
#include "node/descriptors.hpp"
#include "node/reason.hpp"
#include "node/wall_clock.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <ctime>
#include <system_error>

#include <sys/signalfd.h>
#include <unistd.h>

namespace grapevine::node {

namespace {

// Later than this after the deadline, the machine slept or the process was stopped; not ordinary load.
constexpr Duration late = 1s;
constexpr Duration idle_at_most = 1s;  // the join port and lines look after themselves at least this often
// Ten thousand devices are shown within half a second, and hold nobody up meanwhile.
constexpr std::size_t shown_a_turn = 256;
constexpr Duration shown_every = 10ms;

Duration since_boot() {
  timespec time{};
  ::clock_gettime(CLOCK_BOOTTIME, &time);
  return std::chrono::seconds(time.tv_sec) +
         std::chrono::duration_cast<Duration>(std::chrono::nanoseconds(time.tv_nsec));
}

// What would be a promise to others.
bool is_said(const Effect& effect) {
  return std::holds_alternative<gossip::Transmit>(effect) || std::holds_alternative<AnswerKnock>(effect) ||
         std::holds_alternative<OpenJoinPort>(effect);
}

}  // namespace

LocalClock::LocalClock() : begun_(since_boot()) {}

Now LocalClock::now() const {
  return {Time(since_boot() - begun_), wall_now()};
}

Signals::Signals() {
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  // The terminal has been closed; but who was started with nohup is to stay.
  struct sigaction on_hang_up {};
  ::sigaction(SIGHUP, nullptr, &on_hang_up);
  if (on_hang_up.sa_handler != SIG_IGN) sigaddset(&ending, SIGHUP);
  ::pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  signals_ = Descriptor(::signalfd(-1, &ending, SFD_NONBLOCK | SFD_CLOEXEC));
  if (!signals_) throw std::system_error(errno, std::generic_category(), "cannot listen for signals");
}

bool Signals::take() {
  signalfd_siginfo taken{};
  return ::read(signals_.number(), &taken, sizeof taken) == sizeof taken;
}

void Loop::start() {
  commit_and_perform(parts_.core.start(parts_.clock.now()));
}

Loop::End Loop::run() {
  while (!is_over()) {
    wait();
    commit_and_perform(turn());
    look_at_store(parts_.clock.now());
    look_at_descriptors(parts_.clock.now());
    look_at_join_port(parts_.clock.now());
    tell_counts(parts_.clock.now());
  }
  end();
  return damaged_ ? End::damaged : interrupted_ ? End::interrupted : End::left;
}

void Loop::wait() {
  std::vector<int> also{parts_.inbox.readable(), parts_.signals.readable()};
  if (parts_.join_port.readable() >= 0) also.push_back(parts_.join_port.readable());
  if (parts_.beacon_port.readable() >= 0) also.push_back(parts_.beacon_port.readable());
  const Time now = parts_.clock.now().time;
  const Time until = std::min({parts_.core.deadline(), parts_.beacon_port.deadline(),
                               now + (changed_.empty() ? idle_at_most : shown_every)});
  parts_.transport.wait(next_.empty() ? until - now : Duration::zero(), also);
}

Effects Loop::turn() {
  Effects out;
  if (parts_.clock.now().time - late > parts_.core.deadline()) step(Tick{}, out);
  hear_signals(out);
  for (auto& input : std::exchange(next_, {})) step(std::move(input), out);
  for (auto& input : parts_.transport.receive(inputs_a_turn)) step(std::move(input), out);
  for (auto& input : parts_.join_port.receive(parts_.clock.now())) step(std::move(input), out);
  for (auto& sighted : parts_.beacon_port.receive(parts_.clock.now().time)) take(std::move(sighted), out);
  for (auto& handed : parts_.inbox.take_all(inputs_a_turn)) take(std::move(handed), out);
  if (parts_.core.deadline() <= parts_.clock.now().time) step(Tick{}, out);
  parts_.beacon_port.speak(parts_.clock.now().time);
  return out;
}

void Loop::hear_signals(Effects& out) {
  while (parts_.signals.take()) {
    interrupted_ = leaving_since_.has_value();
    if (interrupted_) return;
    leaving_since_ = parts_.clock.now().time;
    parts_.note({"leaving"});
    step(Leaving{}, out);
  }
}

void Loop::take(Handed handed, Effects& out) {
  match(
      std::move(handed),
      [&](Input input) {
        const auto* generated = std::get_if<Generated>(&input);
        if (generated != nullptr && !std::holds_alternative<moa::Piece>(generated->said))
          parts_.workers.ended(generated->call);
        step(std::move(input), out);
      },
      [&](Errand errand) {
        errand.run(parts_.core, parts_.clock.now(), out);
        if (errand.kind == Errand::Kind::look) return errand.done.set_value();
        ran_.push_back(std::move(errand.done));
      });
}

// A dial that is under way need not run into its dead addresses first.
void Loop::take(Sighted sighted, Effects& out) {
  parts_.transport.also_try(sighted.peer, sighted.contact);
  step(std::move(sighted), out);
}

void Loop::step(Input input, Effects& out) {
  append(out, parts_.core.step(std::move(input), parts_.clock.now()));
}

void Loop::commit_and_perform(Effects effects) {
  const auto committed = parts_.commit(ran_.empty() ? dns::Urgency::soon : dns::Urgency::now);
  if (!committed) note({"store.failed", std::nullopt, committed.error().text});
  for (auto& done : std::exchange(ran_, {})) {
    if (committed) done.set_value();
  }
  for (auto& effect : effects) {
    if (!committed && is_said(effect)) continue;
    match(std::move(effect), [&](auto one) { perform(std::move(one)); });
  }
  show_changed();
}

template <class Outward>
void Loop::perform(Outward effect) {
  if constexpr (std::same_as<Outward, gossip::Transmit>) {
    parts_.transport.send(effect.to, effect.frame);
  } else if constexpr (std::same_as<Outward, Connect>) {
    parts_.transport.dial(effect);
    if (const auto heard = parts_.beacon_port.heard_at(effect.peer, parts_.clock.now().time))
      parts_.transport.also_try(effect.peer, *heard);
  } else if constexpr (std::same_as<Outward, gossip::HangUp>) {
    parts_.transport.hang_up(effect.to);
  } else if constexpr (std::same_as<Outward, Admit>) {
    parts_.transport.admit(effect);
  } else if constexpr (std::same_as<Outward, Expel>) {
    parts_.transport.expel(effect.peer);
  } else if constexpr (std::same_as<Outward, moa::Generate>) {
    if (auto failed = parts_.workers.start(std::move(effect))) next_.emplace_back(std::move(*failed));
  } else if constexpr (std::same_as<Outward, moa::Abort>) {
    parts_.workers.abort(effect.call);
  } else if constexpr (std::same_as<Outward, moa::Reply>) {
    if (auto abandoned = parts_.front.deliver(std::move(effect))) next_.emplace_back(*abandoned);
  } else if constexpr (std::same_as<Outward, KeepCertificate>) {
    const auto kept = parts_.keep(effect);
    parts_.note(kept ? Note{"certificate.renewed"}
                     : Note{"certificate.not_kept", std::nullopt, kept.error().text});
  } else if constexpr (std::same_as<Outward, OpenJoinPort>) {
    parts_.join_port.keep_open(effect, parts_.clock.now());
  } else if constexpr (std::same_as<Outward, AnswerKnock>) {
    parts_.join_port.answer(effect);
  } else if constexpr (std::same_as<Outward, gossip::Changed>) {
    note({"member", effect.peer, told(effect)});
  } else if constexpr (std::same_as<Outward, dns::Changed>) {
    if (parts_.show) changed_.insert(effect.nodes.begin(), effect.nodes.end());
  } else {
    static_assert(std::same_as<Outward, Note>);
    note(effect);
  }
}

// What is too much for one turn, or cannot be taken now, goes with the next.
void Loop::show_changed() {
  if (changed_.empty()) return;
  std::vector<dns::Presence> shown;
  const WallTime now = parts_.clock.now().wall;
  auto next = changed_.begin();
  for (; next != changed_.end() && shown.size() < shown_a_turn; ++next)
    shown.push_back(parts_.core.registry().presence(*next, now));
  if (parts_.show(std::move(shown))) changed_.erase(changed_.begin(), next);
}

// The new standing and why. Within one turn it may have changed again; only the last one has its reason here.
std::string Loop::told(const gossip::Changed& changed) const {
  const std::string status(gossip::name(changed.status));
  const auto member = parts_.core.gossip().find(changed.peer);
  if (!member || member->status != changed.status) return status;
  return status + ": " + reason(*member, member->accuser ? short_name(*member->accuser) : "");
}

bool Loop::is_over() const {
  if (interrupted_ || damaged_) return true;
  if (!leaving_since_) return false;
  const Now now = parts_.clock.now();
  return parts_.core.has_left(now) || now.time - *leaving_since_ >= leaving_at_most;
}

// Out of them, neither a peer nor a client gets in: whoever reads the log should know why. Looking costs 30
// us.
void Loop::look_at_descriptors(Now now) {
  constexpr Duration look_every = 1s;
  if (now.time < look_at_descriptors_) return;
  const auto found = descriptors();
  look_at_descriptors_ = now.time + (are_short(found) ? counts_every : look_every);
  if (are_short(found))
    parts_.note({"descriptors.short", std::nullopt,
                 std::to_string(found.used) + " of " + std::to_string(found.limit) + " in use"});
}

// Invites are open, and nobody can knock.
void Loop::look_at_join_port(Now now) {
  if (now.time < look_at_join_port_ || !parts_.join_port.is_wanted()) return;
  look_at_join_port_ = now.time + counts_every;
  if (auto obstacle = parts_.join_port.obstacle())
    parts_.note({"join.closed", std::nullopt, std::move(*obstacle)});
}

// A page that went bad while the node ran: whoever looks through all of the store is the start.
void Loop::look_at_store(Now now) {
  if (now.time < look_at_store_) return;
  look_at_store_ = now.time + parts_.scrub_every;
  damaged_ = !parts_.scrub();
  if (damaged_)
    parts_.note({"store.damaged", std::nullopt, "starting anew: it is set aside, and peers refill it"});
}

void Loop::note(const Note& note) {
  if (repeats_.is_news(note)) parts_.note(note);
}

// What was dropped or repeated since the last time, one note a kind: a flood of strangers, or of a member,
// must not become a flood of lines.
void Loop::tell_counts(Now now) {
  if (now.time - counts_told_at_ < counts_every) return;
  counts_told_at_ = now.time;
  for (const auto& count : repeats_.take_counts()) parts_.note(count);
  tell_counts(parts_.transport.counts());
  tell_counts(parts_.beacon_port.counts());
}

void Loop::tell_counts(const std::map<std::string_view, std::uint64_t>& counts) {
  for (const auto& [kind, count] : counts) {
    const auto more = count - std::exchange(counts_told_[kind], count);
    if (more > 0) parts_.note({kind, std::nullopt, std::to_string(more) + " more"});
  }
}

// Nothing more is taken in; whoever waits for an errand or a reply learns that none will come. What was heard
// last is kept.
void Loop::end() {
  if (const auto kept = parts_.commit(dns::Urgency::now); !kept)
    parts_.note({"store.failed", std::nullopt, kept.error().text});
  parts_.front.close();  // first: once the inbox is closed, nobody waits for the loop any more
  parts_.inbox.close();
  while (!parts_.inbox.take_all(inputs_a_turn).empty()) {
  }
}

}  // namespace grapevine::node
