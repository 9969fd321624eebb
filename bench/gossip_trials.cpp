#include "bench/gossip_trials.hpp"

#include "tests/live/process.hpp"

#include <algorithm>
#include <csignal>
#include <limits>

namespace grapevine::bench {

namespace {

constexpr double never = std::numeric_limits<double>::infinity();
constexpr auto join_within = 10s;
constexpr auto join_in_the_end = 60s;  // so that the other trials begin with all
constexpr auto know_within = 20s;
constexpr auto settling = 1500ms;
constexpr auto quiet_after = 45s;  // of joining: thirty devices' words ride on probes for so long
constexpr auto stopped_for = 20s;
constexpr auto awake_for = 4s;  // longer than a suspicion lasts: who wakes may blame others
constexpr auto heard_within = 5s;

/// Every agent but one.
std::vector<std::size_t> others(const Agents& agents, std::size_t one) {
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < agents.size(); ++i)
    if (i != one) all.push_back(i);
  return all;
}

/// The agent of the n-th trial: all but 0, in turn.
std::size_t victim_of(const Agents& agents, std::size_t trial) {
  return 1 + trial % (agents.size() - 1);
}

/// Waits until all the others say it of one, and notes how long that took from `begin` on.
void wait_for_all(Agents& agents, std::size_t about, const std::string& line, Moment begin,
                  std::chrono::milliseconds at_most, Taken& taken) {
  const auto all = others(agents, about);
  std::size_t first_silent = 0;  // those before it have said it
  Moment last = begin;
  const bool known = agents.listen_until(
      [&] {
        for (; first_silent < all.size(); ++first_silent) {
          const auto at = agents.said(all[first_silent], line);
          if (!at) return false;
          last = std::max(last, *at);
        }
        return true;
      },
      at_most);
  known ? taken.seconds.push_back(std::chrono::duration<double>(last - begin).count())
        : static_cast<void>(++taken.missed);
}

void join_all(Agents& agents, Taken& taken, bool& complete) {
  agents.reset();
  agents.forget_lines();
  const Moment begin = moment();
  for (std::size_t i = 0; i < agents.size(); ++i) agents.start(i);
  Taken last;
  const auto end = begin + join_within;
  for (std::size_t i = 0; i < agents.size(); ++i)
    wait_for_all(agents, i, agents.line_of(Sign::up, i), begin,
                 std::chrono::duration_cast<std::chrono::milliseconds>(std::max(end, moment()) - moment()),
                 last);
  complete = last.missed == 0;
  complete ? taken.seconds.push_back(last.most()) : static_cast<void>(++taken.missed);
}

void bring_back(Agents& agents, std::size_t one) {
  agents.kill(one);
  agents.forget_lines();
  agents.start(one);
  Taken unused;
  wait_for_all(agents, one, agents.line_of(Sign::up, one), moment(), know_within, unused);
  agents.listen_for(settling);
}

void rest(Agents& agents, std::chrono::seconds span, Measured& measured) {
  const auto cpu = [&] {
    double seconds = 0;
    for (std::size_t i = 0; i < agents.size(); ++i) seconds += live::cpu_seconds(agents.process(i));
    return seconds;
  };
  const double cpu_before = cpu();
  const std::size_t bytes_before = live::loopback_bytes(agents.process(0));
  const Moment begin = moment();
  agents.listen_for(span);
  const double seconds = std::chrono::duration<double>(moment() - begin).count();
  const auto each = static_cast<double>(agents.size());
  const auto bytes = static_cast<double>(live::loopback_bytes(agents.process(0)) - bytes_before);
  measured.sent_kb_each = bytes / 1000 / seconds / each;
  measured.cpu_percent = 100 * (cpu() - cpu_before) / seconds / each;
  for (std::size_t i = 0; i < agents.size(); ++i)
    measured.resident_mib =
        std::max(measured.resident_mib, static_cast<double>(live::resident_kib(agents.process(i))) / 1024);
}

void tell(Agents& agents, std::size_t trial, Taken& taken) {
  const std::size_t teller = trial % agents.size();
  const std::string event = "bell-" + std::to_string(1000 + trial);
  agents.forget_lines();
  agents.tell(teller, event);
  const std::string told = agents.line_of_told(teller, event);
  agents.listen_until([&] { return agents.said(teller, told).has_value(); }, heard_within);
  const Moment begin = agents.said(teller, told).value_or(moment());
  wait_for_all(agents, teller, agents.line_of_heard(teller, event), begin, heard_within, taken);
  agents.listen_for(200ms);
}

/// One goes, killed or with a goodbye, and all others say so.
void go(Agents& agents, std::size_t trial, void (Agents::*how)(std::size_t), Sign sign, Taken& taken) {
  const std::size_t victim = victim_of(agents, trial);
  agents.forget_lines();
  const Moment begin = moment();
  (agents.*how)(victim);
  wait_for_all(agents, victim, agents.line_of(sign, victim), begin, know_within, taken);
  bring_back(agents, victim);
}

void stop(Agents& agents, std::size_t trial, Measured& measured) {
  const std::size_t victim = victim_of(agents, trial);
  agents.forget_lines();
  ::kill(agents.process(victim), SIGSTOP);
  agents.listen_for(stopped_for);
  ::kill(agents.process(victim), SIGCONT);
  agents.listen_for(awake_for);
  ++measured.stops;
  for (const std::size_t healthy : others(agents, victim))
    for (std::size_t accuser = 0; accuser < agents.size(); ++accuser)
      if (agents.said(accuser, agents.line_of(Sign::failed, healthy))) ++measured.blamed;
}

}  // namespace

double Taken::median() const {
  if (seconds.size() <= trials() / 2) return never;
  std::vector<double> sorted = seconds;
  std::sort(sorted.begin(), sorted.end());
  return sorted[trials() / 2];
}

double Taken::most() const {
  return missed > 0 || seconds.empty() ? never : *std::max_element(seconds.begin(), seconds.end());
}

std::size_t Taken::within(double limit) const {
  return static_cast<std::size_t>(
      std::count_if(seconds.begin(), seconds.end(), [&](double one) { return one <= limit; }));
}

Measured measure(Agents& agents, const Plan& plan) {
  Measured measured;
  bool complete = false;
  for (std::size_t i = 0; i < plan.joins; ++i) join_all(agents, measured.join, complete);
  agents.listen_until([&] { return complete; }, complete ? 1s : join_in_the_end);
  agents.listen_for(settling);
  if (plan.idle > 0s) {
    agents.listen_for(quiet_after);
    rest(agents, plan.idle, measured);
  }
  for (std::size_t i = 0; i < plan.events; ++i) tell(agents, i, measured.event);
  for (std::size_t i = 0; i < plan.kills; ++i) go(agents, i, &Agents::kill, Sign::failed, measured.kill);
  for (std::size_t i = 0; i < plan.leaves; ++i)
    go(agents, plan.kills + i, &Agents::leave, Sign::left, measured.leave);
  for (std::size_t i = 0; i < plan.stops; ++i) stop(agents, plan.kills + plan.leaves + i, measured);
  return measured;
}

}  // namespace grapevine::bench
