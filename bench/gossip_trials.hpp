// What is measured of a group of agents: how soon all of them know what happened to one, what they cost while
// nothing happens, and whether they blame the healthy. Every figure comes from several trials, each with
// another agent in the leading part; agent 0, whom all know, never is.
#pragma once

#include "bench/agents.hpp"

namespace grapevine::bench {

/// How often each thing is tried.
struct Plan {
  std::size_t joins = 5;
  std::size_t events = 20;
  std::size_t kills = 5;
  std::size_t leaves = 5;
  std::size_t stops = 0;
  std::chrono::seconds idle{0};
};

/// Seconds until the last one knew, a trial each; those that did not come to an end in time are counted
/// apart.
struct Taken {
  std::vector<double> seconds;
  std::size_t missed = 0;
  std::size_t trials() const { return seconds.size() + missed; }
  /// Infinite when the middle trial, or any, was missed.
  double median() const;
  double most() const;
  std::size_t within(double limit) const;
};

struct Measured {
  Taken join;              // from the first start to the last that sees the last
  Taken event;             // from when it was told to the last that heard it
  Taken kill;              // from kill -9 to the last that says so
  Taken leave;             // from the signal to the last that says so
  std::size_t blamed = 0;  // how often a healthy agent was called failed while another one was stopped
  std::size_t stops = 0;
  double resident_mib = 0;  // of the largest, at rest
  double sent_kb_each = 0;  // a second, at rest, with TCP's and IP's headers
  double cpu_percent = 0;   // of one core, the mean of all, at rest
};

Measured measure(Agents& agents, const Plan& plan);

}  // namespace grapevine::bench
