// People who ask a fleet of real daemons at random times (Poisson), each on the device that is theirs, and
// who do not wait for one answer before the next question: an open loop. All times are drawn beforehand from
// one seed; a pool of threads takes them in order, sleeps until each, asks, and keeps what came of it.
// Bounded in time by its span, in number by the pool: it is larger than what all daemons answer at one time,
// and how late a question was asked is kept, so that a bench can show that it was not the limit itself.
#pragma once

#include "crypto/time.hpp"
#include "tests/live/fleet.hpp"

#include <string>
#include <vector>

namespace grapevine::bench {

struct Crowd {
  double rate = 1;    // questions a second, of all devices together
  Duration span{};    // in which they are asked
  std::string model;  // "grapevine", or with a shape
  std::uint64_t seed = 1;
};

/// One question; all times in seconds, since the first could have been asked.
struct Asked {
  std::size_t device = 0;
  double due = 0;
  double begun = 0;
  double ended = 0;
  int status = 0;         // of HTTP; 0: no connection
  std::size_t calls = 0;  // that went into the answer, and besides
  double took() const { return ended - begun; }
};

/// Lets them ask, and waits for the last answer. In the order they were asked.
std::vector<Asked> ask_all(const live::Fleet& fleet, const Crowd& crowd);

}  // namespace grapevine::bench
