// The origin's half of the engine: the queries asked here. A planner (planner.hpp) says which shape a query
// gets and whom to ask, and the origin carries that out: a round of calls for each layer, then, if a model is
// to merge the proposals, one more; otherwise choose() does without. The own device is asked by the same
// messages as a peer.
//
// Within a round (round.hpp) the first to start win, who cannot is replaced, who is late gets a twin. A
// query's deadline ends it with the best there is by then. The first layer is blind: proposers see the query
// alone.
//
// origin.cpp is the way of a query from round to round, origin_calls.cpp what becomes of single calls,
// origin_ending.cpp how queries end, origin_trust.cpp what is learned of devices on the way.
#pragma once

#include "crypto/certificate.hpp"
#include "crypto/random.hpp"
#include "moa/answers.hpp"
#include "moa/ask.hpp"
#include "moa/choose.hpp"
#include "moa/effect.hpp"
#include "moa/market.hpp"
#include "moa/message.hpp"
#include "moa/peers.hpp"
#include "moa/planner.hpp"
#include "moa/round.hpp"
#include "moa/trust.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace grapevine::moa {

/// One query on its way.
struct Inquiry {
  Ask ask;
  Time asked{};
  Time until{};
  Plan plan;

  std::uint8_t layer = 0;        // from 1; 0 while one device alone is asked
  Stage stage = Stage::propose;  // of the calls awaited now
  Time stage_until{};
  Turns prompt;  // what they were given
  Fixed<32> prompt_hash;
  std::string fence;  // what divides the proposals in that prompt; empty in the first layer
  Round round;
  std::vector<Spoken> heard;  // proposals of this layer, the own one first
  std::vector<Spoken> best;   // proposals of the last layer that had any
  std::string streamed;       // what the asker has been given of the answer
  Provenance provenance;
  std::optional<std::string> known_answer;  // of a canary: nobody waits for the answer, it is only compared
};

class Origin {
 public:
  /// `roster` holds the keys proposals are checked with; it outlives this.
  Origin(const Config& config, const Self& self, const Roster& roster, Taste taste, Trust trust,
         Random random);

  [[nodiscard]] Effects ask(Ask ask, Time now);
  [[nodiscard]] Effects abandon(const QueryId& query);
  [[nodiscard]] Effects started(const NodeId& from, const Started& started, Time now);
  /// The model that gives the answer speaks, and the asker reads along. Words that do not follow upon those
  /// before, or are not printable, are left to the proposal.
  [[nodiscard]] Effects spoken(const NodeId& from, const Words& words, Time now);
  [[nodiscard]] Effects proposed(const NodeId& from, const Proposal& proposal, Time now);
  [[nodiscard]] Effects refused(const NodeId& from, const Nack& nack, Time now);
  /// A peer is dead or has left: its tickets end.
  [[nodiscard]] Effects gone(const NodeId& peer, Time now);
  /// Ends calls and queries whose time has come, and asks beside those that are late.
  /// Sends a canary when its time has come, and what was learned to the disk.
  [[nodiscard]] Effects expire(Time now);
  /// Takes no more queries.
  void drain() { draining_ = true; }

  void met(const NodeId& peer, Owner owner);
  /// A peer's bulletin.
  [[nodiscard]] Effects heard(const NodeId& peer, const Load& load, Time now);
  /// What a peer has documents about; noted when it was not asked.
  [[nodiscard]] Effects told_topics(const NodeId& peer, const Sketch& topics);
  /// The own device's load, before anything is decided by it.
  void set_own(const Load& load) { own_ = load; }
  void set_topics(Sketch topics) { own_topics_ = std::move(topics); }
  /// Work a second that the queries asked here buy.
  double use(Time now) const { return planner_.use(now); }

  Time deadline() const;
  std::optional<Load> load_of(const NodeId& peer) const;
  std::size_t active_queries() const { return inquiries_.size(); }
  /// Learns from a verdict; errors as Answers::judge.
  [[nodiscard]] Result<Effects> judge(const std::optional<QueryId>& query, Scores scores,
                                      std::optional<double> overall);
  const Answers& answers() const { return answers_; }
  const Trust& trust() const { return trust_; }

 private:
  using Inquiries = std::map<QueryId, Inquiry>;
  std::optional<Refused> objection(const Ask& ask, const Outlook& outlook);
  Outlook outlook(const Ask& ask, Time now) const;
  Candidate at_home() const;
  std::optional<Candidate> elsewhere(const NodeId& peer, Time now) const;
  double mean_use(const std::vector<Candidate>& peers, Time now) const;
  void credit_topics(const std::vector<std::string>& terms, Outlook& there) const;
  double quality(const NodeId& peer) const;
  void begin(Ask ask, Plan plan, std::optional<std::string> known_answer, Time now, Effects& out);

  // The way of a query. Beginning a round, losing a call and going on may end it, and then the inquiry is
  // gone.
  void begin_layer(Inquiry& inquiry, Draw draw, Time now, Effects& out);
  void begin_aggregation(Inquiry& inquiry, Draw draw, Time now, Effects& out);
  void begin_round(Inquiry& inquiry, Draw draw, Time now, Effects& out);
  void show_proposals(Inquiry& inquiry);
  void report(const Inquiry& inquiry, Effects& out) const;
  void go_on(Inquiry& inquiry, Time now, Effects& out);
  void close_layer(Inquiry& inquiry);

  // origin_calls.cpp
  void send_ticket(Inquiry& inquiry, const Another& another, Time now, Effects& out);
  void take_back(Inquiry& inquiry, const std::vector<Call>& calls, Outcome outcome, Time now, Effects& out);
  void lose_call(Inquiry& inquiry, TicketId ticket, Outcome outcome, Time now, Effects& out,
                 std::optional<Unwilling> refusal = std::nullopt);
  Effects lose_calls(const std::vector<TicketId>& tickets, Outcome outcome, Time now);
  Inquiry* find(const NodeId& from, TicketId ticket, std::string_view late, std::string_view hostile,
                Effects& out);
  void learn(const NodeId& from, TicketId about, const Load& load, Time now, Effects& out);
  Result<Statement> check(const NodeId& from, const Inquiry& inquiry, const Proposal& proposal) const;
  Voice& end_call(Inquiry& inquiry, const Call& call, Outcome outcome, Time now, Effects& out);

  // origin_ending.cpp: each ends the query, or begins its aggregation.
  void finish(Inquiry& inquiry, Time now, Effects& out);
  void finish_merged(Inquiry& inquiry, const std::string& text, Finish how, std::size_t voice, Time now,
                     Effects& out);
  void finish_chosen(Inquiry& inquiry, Time now, Effects& out);
  void finish_streamed(Inquiry& inquiry, Time now, Effects& out);
  void give(Inquiry& inquiry, std::string text, Finish how, Time now, Effects& out);
  void refuse(Inquiry& inquiry, Effects& out);
  std::string shortfalls_of(const Inquiry& inquiry) const;
  std::string name_of(const NodeId& node) const;

  // origin_trust.cpp
  void weigh(std::vector<Spoken>& spoken) const;
  void compare(const Inquiry& inquiry);
  void plan_canary(Time now);
  void send_canary(Time now, Effects& out);
  void finish_canary(const Inquiry& inquiry);

  Config config_;
  Self self_;
  const Roster* roster_;
  Random random_;
  Planner planner_;
  Peers peers_;
  Market market_;
  Load own_;
  Sketch own_topics_;
  bool draining_ = false;
  std::uint64_t last_ticket_;              // random at first, so that a restart reuses none
  Inquiries inquiries_;                    // at most Config::active_queries_max
  std::map<TicketId, QueryId> by_ticket_;  // the awaited ones
  Answers answers_;
  Trust trust_;
  Time canary_at_ = never;    // when the next canary is sent, if the device is idle then
  Time remember_at_ = never;  // when the trust that has changed is written
};

}  // namespace grapevine::moa
