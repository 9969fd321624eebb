#include "dns/poll.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace grapevine::dns {

namespace {

const Claimant* find(const Poll& poll, const NodeId& claim) {
  const auto at = std::find_if(poll.claimants.begin(), poll.claimants.end(),
                               [&](const Claimant& claimant) { return claimant.node == claim; });
  return at == poll.claimants.end() ? nullptr : &*at;
}

std::size_t votes_for(const Round& round, const NodeId& claim) {
  std::set<NodeId> voters;
  for (const Ballot& ballot : round.ballots) {
    if (ballot.choice.claim == claim) voters.insert(ballot.voter);
  }
  return voters.size();
}

std::size_t votes_against(const Round& round, const NodeId& claim) {
  std::set<NodeId> voters;
  for (const Ballot& ballot : round.ballots) {
    if (ballot.choice.claim != claim) voters.insert(ballot.voter);
  }
  return voters.size();
}

std::size_t most_votes_in_one_term(const Poll& poll, const NodeId& claim) {
  std::size_t most = 0;
  for (const Round& round : poll.rounds) most = std::max(most, votes_for(round, claim));
  return most;
}

/// More than its liars can have cast alone, for two claims at once.
bool is_split(const Round& round) {
  std::map<NodeId, std::set<NodeId>> voters;
  for (const Ballot& ballot : round.ballots) voters[ballot.choice.claim].insert(ballot.voter);
  return std::count_if(voters.begin(), voters.end(),
                       [&](const auto& claim) { return claim.second.size() > round.quorum.liars(); }) > 1;
}

}  // namespace

std::optional<Choice> vote(const Poll& poll, const std::optional<Choice>& last, Term now) {
  if (last && now <= last->term) return std::nullopt;
  if (const auto title = title_of(poll, now)) {
    const bool is_due = title->term + certificate_renewal <= now;
    if (!is_due || find(poll, title->claim) == nullptr) return std::nullopt;
    return Choice{.claim = title->claim, .term = now, .since = title->since};
  }
  if (is_contested(poll, now)) return std::nullopt;
  auto claim = last ? locked_on(poll, *last) : std::nullopt;
  if (!claim) claim = favourite(poll);
  if (!claim) return std::nullopt;
  return Choice{.claim = *claim, .term = now, .since = now};
}

bool is_rooted(const Poll& poll, const Choice& title) {
  return title.since == title.term ||
         std::any_of(poll.titles.begin(), poll.titles.end(), [&](const Choice& before) {
           return before.claim == title.claim && before.since == title.since &&
                  before.term + certificate_renewal <= title.term &&
                  title.term < before.term + certificate_life + certificate_grace;
         });
}

std::optional<Choice> title_of(const Poll& poll, Term now) {
  std::optional<Choice> best;
  const auto rank = [](const Choice& title) { return std::tuple(title.since, title.claim, ~title.term); };
  for (const Choice& title : poll.titles) {
    const bool is_over = title.term + certificate_life + certificate_grace <= now;
    if (!is_over && is_rooted(poll, title) && (!best || rank(title) < rank(*best))) best = title;
  }
  return best;
}

bool is_in_force(const Choice& title, Term now) {
  return now < title.term + certificate_life;
}

bool is_contested(const Poll& poll, Term now) {
  if (title_of(poll, now)) return false;
  return std::any_of(poll.rounds.begin(), poll.rounds.end(), [now](const Round& round) {
    return ends_epoch(round.term) && now < round.term + certificate_life && is_split(round);
  });
}

std::optional<NodeId> locked_on(const Poll& poll, const Choice& last) {
  if (find(poll, last.claim) == nullptr) return std::nullopt;
  const auto round = std::find_if(poll.rounds.begin(), poll.rounds.end(),
                                  [&](const Round& each) { return each.term == last.term; });
  const bool is_outvoted =
      round != poll.rounds.end() && votes_against(*round, last.claim) >= round->quorum.needed();
  return is_outvoted ? std::nullopt : std::optional(last.claim);
}

// A claim that is certified in secret has f+1 honest votes in every later term of the epoch, hence in its
// last one, and without a contest no other claim has as many there. An earlier term proves no such thing.
std::optional<NodeId> favourite(const Poll& poll) {
  if (poll.claimants.empty()) return std::nullopt;
  const auto last = std::find_if(poll.rounds.rbegin(), poll.rounds.rend(),
                                 [](const Round& round) { return ends_epoch(round.term); });
  using Votes = std::pair<std::size_t, std::size_t>;  // at the end of the last epoch, and in any one term
  std::vector<std::pair<Votes, const Claimant*>> counted;
  for (const Claimant& claimant : poll.claimants) {
    const std::size_t at_end = last == poll.rounds.rend() ? 0 : votes_for(*last, claimant.node);
    counted.emplace_back(Votes{at_end, most_votes_in_one_term(poll, claimant.node)}, &claimant);
  }
  const auto most = std::min_element(counted.begin(), counted.end(), [](const auto& a, const auto& b) {
    return std::tie(b.first, a.second->lot, a.second->node) <
           std::tie(a.first, b.second->lot, b.second->node);
  });
  return most->first == Votes{} ? poll.claimants.front().node : most->second->node;
}

std::optional<Choice> agreed(const Round& round) {
  std::map<Choice, std::set<NodeId>> voters;
  for (const Ballot& ballot : round.ballots) voters[ballot.choice].insert(ballot.voter);
  for (const auto& [choice, by] : voters) {
    if (round.quorum.jurors > 0 && by.size() >= round.quorum.needed()) return choice;
  }
  return std::nullopt;
}

}  // namespace grapevine::dns
