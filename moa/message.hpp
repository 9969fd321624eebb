// What machines of this floor say: a ticket offers a call to a device; the device refuses it with a nack, or
// says when it starts and then what came of it, a proposal; a cancel takes the ticket back. Where the call is
// the answer itself, its words come while they are spoken, too. Beside these a device asks what topics
// another has documents about, when the other's load names a version it does not know. Durations are
// relative, so no two clocks are ever compared; the sender is proven by the transport and named in no field.
// A proposal carries a signed statement that binds the text to the question, so that whoever holds the text
// can check later who said it, to what, and when. Numbers 80-99 belong to this floor.
#pragma once

#include "crypto/signed.hpp"
#include "moa/load.hpp"
#include "moa/provenance.hpp"
#include "moa/query.hpp"
#include "moa/sketch.hpp"

#include <variant>

namespace grapevine::moa {

/// Offers a call to a device. A ticket is good for one call: repeated, it is ignored.
struct Ticket {
  static constexpr std::uint8_t number = 80;
  TicketId ticket;
  QueryId query;
  Stage stage = Stage::propose;
  std::uint8_t layer = 1;  // from 1, the aggregation counts as the layer it merges; 0: one device alone
  Attempt attempt = Attempt::planned;
  Duration remaining{};  // after that nobody waits for it
  Scope scope = Scope::local;
  Sampling sampling;
  Turns turns;  // ready for the model; at most prompt_bytes_max, later stages added_bytes_max more
  static auto fields(auto& self) {
    return std::tie(self.ticket, self.query, self.stage, self.layer, self.attempt, self.remaining, self.scope,
                    self.sampling, self.turns);
  }
  /// Whether the model's words are the answer itself, so that the asker may read along.
  bool is_answer() const { return stage == Stage::aggregate || layer == 0; }
};

/// "I do not", at once, or when the model has failed.
struct Nack {
  static constexpr std::uint8_t number = 81;
  TicketId ticket;
  Unwilling reason = Unwilling::lane_full;
  Load load;
  static auto fields(auto& self) { return std::tie(self.ticket, self.reason, self.load); }
};

/// "Nobody waits for it any more."
struct Cancel {
  static constexpr std::uint8_t number = 82;
  TicketId ticket;
  static auto fields(auto& self) { return std::tie(self.ticket); }
};

/// "I have begun": of the tickets sent for one layer the first to start win.
struct Started {
  static constexpr std::uint8_t number = 84;
  TicketId ticket;
  Load load;
  static auto fields(auto& self) { return std::tie(self.ticket, self.load); }
};

/// What the model is saying, while it says it. Only a foretaste: the proposal repeats the whole and is what
/// counts, so words may come twice, late or not at all.
struct Words {
  static constexpr std::uint8_t number = 85;
  static constexpr std::size_t bytes_max = 16 * 1024;
  TicketId ticket;
  std::uint32_t offset = 0;  // bytes the model had said before
  Text<bytes_max> text;
  static auto fields(auto& self) { return std::tie(self.ticket, self.offset, self.text); }
};

/// The sentence a proposer signs about what it said.
struct Statement {
  static constexpr std::string_view purpose = "grapevine/proposal/1";
  static constexpr std::uint8_t type = 1;
  static constexpr std::size_t payload_bytes_max = 240;
  QueryId query;
  Stage stage = Stage::propose;
  std::uint8_t layer = 1;
  Fixed<32> prompt_hash;
  Fixed<32> text_hash;
  Text<64> model;   // a claim
  Text<32> family;  // a claim
  std::uint32_t tokens_in = 0;
  std::uint32_t tokens_out = 0;
  Duration queued{};
  Duration running{};
  Finish finish = Finish::stop;
  WallTime answered;
  static auto fields(auto& self) {
    return std::tie(self.query, self.stage, self.layer, self.prompt_hash, self.text_hash, self.model,
                    self.family, self.tokens_in, self.tokens_out, self.queued, self.running, self.finish,
                    self.answered);
  }
};
Fixed<32> prompt_hash(const Turns& turns);
Fixed<32> text_hash(std::string_view text);

/// What a device's model says to a ticket; an empty text is "I do not know".
struct Proposal {
  static constexpr std::uint8_t number = 83;
  TicketId ticket;
  Signed<Statement> statement;
  Text<proposal_bytes_max> text;
  std::optional<Evidence> evidence;
  Load load;
  static auto fields(auto& self) {
    return std::tie(self.ticket, self.statement, self.text, self.evidence, self.load);
  }
};

/// "What have you documents about?"
struct TopicsWanted {
  static constexpr std::uint8_t number = 86;
  static auto fields(auto&) { return std::tie(); }
};

/// What the sender has documents about.
struct Topics {
  static constexpr std::uint8_t number = 87;
  Sketch sketch;
  static auto fields(auto& self) { return std::tie(self.sketch); }
};

using Message = std::variant<Ticket, Nack, Cancel, Proposal, Started, Words, TopicsWanted, Topics>;

}  // namespace grapevine::moa
