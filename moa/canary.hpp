// Questions of the past whose answers are known, put to the peers once more in slightly other words. Who
// answers them wrongly is not to be believed. A canary is an ordinary query with the ordinary tickets, in the
// scope it was asked in, sent through the same code at a random time when the device is idle; nothing that
// travels tells it from a real one, and at most one ticket in twenty is of a canary.
//
// What is known: a short answer that a person found right. Such questions and answers are kept in memory
// alone, never on disk. A canary shows who lies always; against those who guess which questions are canaries
// stand the own answer and what it confirms (trust.hpp).
#pragma once

#include "crypto/random.hpp"
#include "moa/ask.hpp"

#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace grapevine::moa {

struct Canary {
  Ask ask;
  std::string answer;
};

class Canaries {
 public:
  static constexpr std::size_t kept_max = 32;
  static constexpr std::size_t prompt_bytes_max = 4 * 1024;  // so that all take 128 KiB
  /// One ticket in so many; a canary of twelve, the most one layer sends, must fit.
  static constexpr std::uint64_t tickets_each = 20;

  /// Whether a question with this answer can serve: both are short, and it was not put to one device alone.
  static bool can_keep(const Canary& canary);
  /// The oldest makes room.
  void keep(Canary canary);
  void ticket_sent(const std::optional<std::string>& known_answer);

  /// Whether there is one, and enough real tickets to hide it among.
  bool is_due() const;
  /// Any of them, in other words and with an id of its own. Requires: is_due().
  Canary draw(Random& random) const;

 private:
  std::deque<Canary> kept_;
  std::uint64_t tickets_ = 0;
  std::uint64_t canary_tickets_ = 0;
};

/// Whether an answer gives the known one: the words of one are all among those of the other, so that "Paris"
/// and "It is Paris." are the same.
bool gives(std::string_view answer, std::string_view known);

}  // namespace grapevine::moa
