// Queries, proposals, answers: the words of this floor. A query is a question put to the engine; a call is
// one generation on one device; a ticket offers a call to a device. Text of prompts and proposals has no
// formatter: it is carried, never logged.
#pragma once

#include "crypto/identity.hpp"
#include "crypto/time.hpp"
#include "crypto/wire.hpp"
#include "moa/sketch.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::moa {

using QueryId = Strong<struct QueryIdTag, Fixed<16>>;
using CallId = Strong<struct CallIdTag, std::uint64_t>;      // a generation on this device
using TicketId = Strong<struct TicketIdTag, std::uint64_t>;  // unique per origin, random start

/// How far a prompt may travel: this device, devices of the same owner, any member. Absent means `local`.
enum class Scope : std::uint8_t { local, group, mesh };
constexpr Scope wire_last(Scope) {
  return Scope::mesh;
}

/// What a call is for: a first answer, an answer on seeing others', or the final merging.
enum class Stage : std::uint8_t { propose, refine, aggregate };
constexpr Stage wire_last(Stage) {
  return Stage::aggregate;
}

enum class Speaker : std::uint8_t { system, user, assistant };
constexpr Speaker wire_last(Speaker) {
  return Speaker::assistant;
}

inline constexpr std::size_t prompt_bytes_max = 128 * 1024;  // all turns together; above: 413
inline constexpr std::size_t proposal_bytes_max = 64 * 1024;
inline constexpr std::size_t input_bytes_max = 8 * 1024;  // of one earlier proposal shown to a later stage
inline constexpr std::size_t inputs_max = 8;              // earlier proposals shown to a later stage
/// What the prompt of a later stage adds: the proposals, and the instruction with its delimiters.
inline constexpr std::size_t added_bytes_max = inputs_max * input_bytes_max + 8 * 1024;
inline constexpr std::size_t turns_max = 64;  // as asked; a later stage may add one

/// A message of the conversation, as every chat model knows it.
struct Turn {
  Speaker speaker = Speaker::user;
  Text<prompt_bytes_max + added_bytes_max> text;
  static auto fields(auto& self) { return std::tie(self.speaker, self.text); }
  bool operator==(const Turn&) const = default;
};
using Turns = List<Turn, turns_max + 1>;

/// What is to be answered: the user's latest message; empty when the user said nothing.
inline std::string_view question_of(const std::vector<Turn>& turns) {
  const auto last = std::find_if(turns.rbegin(), turns.rend(),
                                 [](const Turn& turn) { return turn.speaker == Speaker::user; });
  return last == turns.rend() ? std::string_view() : std::string_view(last->text);
}

/// The length of all turns together.
inline std::size_t bytes_of(const std::vector<Turn>& turns) {
  std::size_t bytes = 0;
  for (const auto& turn : turns) bytes += turn.text.size();
  return bytes;
}

/// How to generate. Temperature in thousandths: no floats travel.
struct Sampling {
  std::uint32_t tokens_max = 1024;
  std::uint16_t temperature_milli = 700;
  std::uint32_t seed = 0;
  static auto fields(auto& self) { return std::tie(self.tokens_max, self.temperature_milli, self.seed); }
  bool operator==(const Sampling&) const = default;
};

/// A passage that supports an answer, with where it stands.
struct Citation {
  Text<4096> passage;
  Text<128> title;
  Text<128> document;
  std::uint32_t offset = 0;  // bytes from the start of the document
  static auto fields(auto& self) { return std::tie(self.passage, self.title, self.document, self.offset); }
  bool operator==(const Citation&) const = default;
};

/// How often a query term occurs in a device's documents; sums over devices score passages as one index
/// would. A device lists every term of the query it searched for, also those it does not have.
struct TermCount {
  Text<64> term;                // as the index spells it: lower case, an English stem
  std::uint32_t documents = 0;  // passages of the index that have it
  static auto fields(auto& self) { return std::tie(self.term, self.documents); }
  bool operator==(const TermCount&) const = default;
};

/// What a knowledge model can show for its answer.
struct Evidence {
  std::uint32_t passages = 0;             // in the whole index
  std::uint32_t passage_length_mean = 0;  // in terms
  List<TermCount, 32> terms;
  List<Citation, 3> citations;
  static auto fields(auto& self) {
    return std::tie(self.passages, self.passage_length_mean, self.terms, self.citations);
  }
  bool operator==(const Evidence&) const = default;
};

enum class Finish : std::uint8_t { stop, length, deadline, cancelled };
constexpr Finish wire_last(Finish) {
  return Finish::cancelled;
}

/// What a model returns when it is done. A text that is blank counts as a failed call.
struct Finished {
  std::string text;  // the whole, also when it came in pieces; cut at proposal_bytes_max
  Finish finish = Finish::stop;
  std::uint32_t tokens_in = 0;
  std::uint32_t tokens_out = 0;
  std::optional<Evidence> evidence;
};

/// What the own model is and says it can do; a peer's is known only by what its proposals and loads claim.
struct Profile {
  Text<32> kind;  // openai, ollama, knowledge, recorded
  Text<64> model;
  Text<32> family;
  std::uint8_t slots = 1;
  bool synthesizes = true;  // false: the model cannot merge proposals (knowledge, recorded)
  Sketch topics = {};       // what it has documents about, if others may know
  bool operator==(const Profile&) const = default;
};

}  // namespace grapevine::moa
