// The origin's half of the engine: the queries asked here. Each goes through its plan: in every layer the own
// device and k peers get a ticket for the same prompt; when all of them have ended, with a proposal or
// without, the next layer begins; after the last one the own model merges the proposals, or choose() does
// without a model. The own device is asked by the same messages as a peer.
//
// Who refuses or is gone is replaced once by another; whoever stays silent past its call's deadline costs a
// voice. A query's deadline ends it with the best there is by then. The first layer is blind: proposers see
// the query alone.
#pragma once

#include "crypto/certificate.hpp"
#include "crypto/random.hpp"
#include "moa/admission.hpp"
#include "moa/ask.hpp"
#include "moa/choose.hpp"
#include "moa/effect.hpp"
#include "moa/message.hpp"
#include "moa/peers.hpp"
#include "moa/plan.hpp"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace grapevine::moa {

/// A call asked for that has not ended.
struct Awaited {
  TicketId ticket;
  NodeId node;
  std::uint8_t attempt = 0;
  Time sent{};
  Time until{};
};

/// One query on its way.
struct Inquiry {
  Ask ask;
  Time asked{};
  Time until{};
  Plan plan;

  std::uint8_t layer = 0;        // from 1; 0 while the own model alone is asked
  Stage stage = Stage::propose;  // of the calls awaited now
  Turns prompt;                  // what they were given
  Fixed<32> prompt_hash;
  std::string fence;                // what divides the proposals in that prompt; empty in the first layer
  std::vector<Awaited> awaited;     // at most proposers_max + 1
  std::vector<NodeId> tried;        // peers asked in this layer
  std::vector<Spoken> heard;        // proposals of this layer, the own one first
  std::vector<Spoken> best;         // proposals of the last layer that had any
  std::vector<Unwilling> refusals;  // at most one a ticket
  std::string streamed;             // what the asker has been given of the answer
  Provenance provenance;
};

class Origin {
 public:
  /// `roster` holds the keys proposals are checked with; it outlives this.
  Origin(const Config& config, const Self& self, const Roster& roster, Random random);

  [[nodiscard]] Effects ask(Ask ask, Time now);
  [[nodiscard]] Effects abandon(const QueryId& query);
  /// The own model speaks; heard by the asker when it is the one that answers.
  [[nodiscard]] Effects piece(TicketId ticket, const Piece& piece, Time now);
  [[nodiscard]] Effects proposed(const NodeId& from, const Proposal& proposal, Time now);
  [[nodiscard]] Effects refused(const NodeId& from, const Nack& nack, Time now);
  /// A peer is dead or has left: its tickets end.
  [[nodiscard]] Effects gone(const NodeId& peer, Time now);
  /// Ends calls and queries whose time has come.
  [[nodiscard]] Effects expire(Time now);
  /// Takes no more queries.
  void drain() { draining_ = true; }

  void met(const NodeId& peer, Owner owner);
  void heard(const NodeId& peer, const Load& load) { peers_.heard(peer, load); }
  /// The own device's load, whenever it has changed.
  void set_own(const Load& load) { own_ = load; }

  Time deadline() const;
  std::optional<Load> load_of(const NodeId& peer) const { return peers_.load_of(peer); }
  std::size_t active_queries() const { return inquiries_.size(); }
  const std::deque<Provenance>& answers() const { return answers_; }

 private:
  using Inquiries = std::map<QueryId, Inquiry>;
  std::optional<Refused> objection(const Ask& ask, const std::optional<Plan>& plan,
                                   const std::vector<NodeId>& candidates, Time now);

  // The way of a query. Beginning a layer, losing a call and going on may end it, and then the inquiry is
  // gone.
  void begin_layer(Inquiry& inquiry, Time now, Effects& out);
  void begin_aggregation(Inquiry& inquiry, Time now, Effects& out);
  void show_proposals(Inquiry& inquiry);
  void send_ticket(Inquiry& inquiry, const NodeId& to, std::uint8_t attempt, Time until, Time now,
                   Effects& out);
  void replace(Inquiry& inquiry, const Awaited& lost, Time now, Effects& out);
  void report(const Inquiry& inquiry, Effects& out) const;
  void lose_call(Inquiry& inquiry, TicketId ticket, Outcome outcome, Time now, Effects& out);
  void go_on(Inquiry& inquiry, Time now, Effects& out);

  Inquiry* find(const NodeId& from, TicketId ticket, std::string_view late, std::string_view hostile,
                Effects& out);
  Result<Statement> check(const NodeId& from, const Inquiry& inquiry, const Proposal& proposal) const;
  Voice& end_call(Inquiry& inquiry, TicketId ticket, Outcome outcome, Time now);
  Effects end_calls(const std::vector<TicketId>& tickets, Outcome outcome, Time now);

  // origin_ending.cpp: each ends the query, or begins its aggregation.
  void finish(Inquiry& inquiry, Time now, Effects& out);
  void finish_merged(Inquiry& inquiry, const std::string& text, Finish how, Time now, Effects& out);
  void finish_chosen(Inquiry& inquiry, Time now, Effects& out);
  void finish_streamed(Inquiry& inquiry, Time now, Effects& out);
  void give(Inquiry& inquiry, std::string text, Finish how, Time now, Effects& out);
  void refuse(Inquiry& inquiry, Effects& out);
  std::string shortfalls_of(const Inquiry& inquiry) const;
  std::string name_of(const NodeId& node) const;

  Config config_;
  Self self_;
  const Roster* roster_;
  Random random_;
  Admission admission_;
  Peers peers_;
  Load own_;
  bool draining_ = false;
  std::uint64_t last_ticket_;              // random at first, so that a restart reuses none
  Inquiries inquiries_;                    // at most Config::active_queries_max
  std::map<TicketId, QueryId> by_ticket_;  // the awaited ones
  std::deque<Provenance> answers_;         // at most Config::answers_remembered, newest last
};

}  // namespace grapevine::moa
