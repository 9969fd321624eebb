#include "bench/jury_trials.hpp"

#include <algorithm>
#include <set>

namespace grapevine::bench {

namespace {

using namespace dns;

NodeId node(std::size_t number) {
  NodeId id;
  id.value.bytes[0] = static_cast<std::uint8_t>(number + 1);
  return id;
}

Claimant claimant(std::size_t number, Random& random) {
  Claimant made{.node = node(number), .lot = {}};
  for (auto& byte : made.lot.bytes) byte = static_cast<std::uint8_t>(random.next());
  return made;
}

void hear(Poll& poll, const Ballot& ballot, Quorum quorum) {
  auto at = std::find_if(poll.rounds.begin(), poll.rounds.end(),
                         [&](const Round& round) { return round.term >= ballot.choice.term; });
  if (at == poll.rounds.end() || at->term != ballot.choice.term)
    at = poll.rounds.insert(at, {.term = ballot.choice.term, .quorum = quorum});
  if (std::find(at->ballots.begin(), at->ballots.end(), ballot) == at->ballots.end())
    at->ballots.push_back(ballot);
}

struct Juror {
  NodeId id;
  Poll seen;
  std::optional<Choice> last = {};
};

/// One race: the jurors of this epoch and what each has seen, what everybody will have seen by the next term,
/// and what the liars keep to themselves.
class Race {
 public:
  Race(const Bench& bench, Random& random)
      : bench_(bench), random_(&random), quorum_{.jurors = bench.jurors} {
    const std::size_t claims = 2 + random.below(3) / 2;  // two of three times two
    for (std::size_t i = 0; i < claims; ++i) public_.claimants.push_back(claimant(i, random));
    for (std::size_t i = 0; i < bench.liars; ++i) habits_.push_back(static_cast<Habit>(random.below(3)));
  }

  RaceOutcome run() {
    constexpr Term first = 2 * terms_an_epoch - vote_life / 2;
    RaceOutcome outcome;
    for (Term term = first; term < first + vote_life && !outcome.terms; ++term) {
      if (term == first || epoch_of(term) != epoch_of(term - 1)) seat();
      lie(term);
      for (Juror& juror : honest_) speak(juror, term);
      hide(term);
      for (Juror& juror : honest_) juror.seen = with_order_of(juror.seen);
      if (public_.titles.empty()) continue;
      outcome.terms = term - first + 1;
      outcome.is_stolen = is_stolen(term);
    }
    return outcome;
  }

 private:
  enum class Habit { silent, one_claim, two_faced };

  /// A new jury, which knows what is public and heard of the claims in orders of its own.
  void seat() {
    honest_.clear();
    for (std::size_t i = bench_.liars; i < bench_.jurors; ++i) {
      honest_.push_back({.id = node(seated_ + i), .seen = public_});
      random_->shuffle(honest_.back().seen.claimants);
    }
    seated_ += bench_.jurors;
  }

  void speak(Juror& juror, Term term) {
    const auto choice = bench_.rules == Bench::Rules::all ? vote(juror.seen, juror.last, term)
                                                          : vote_without_lock(juror.seen, term);
    if (!choice) return;
    juror.last = choice;
    tell({.voter = juror.id, .choice = *choice}, 0.5);
    hear(juror.seen, {.voter = juror.id, .choice = *choice}, quorum_);
  }

  static std::optional<Choice> vote_without_lock(const Poll& poll, Term term) {
    const auto claim = favourite(poll);
    return claim ? std::optional(Choice{.claim = *claim, .term = term, .since = term}) : std::nullopt;
  }

  /// Every other juror hears it at once with this probability, and all before the next term.
  void tell(const Ballot& ballot, double at_once) {
    hear(public_, ballot, quorum_);
    for (Juror& juror : honest_) {
      if (random_->chance(at_once)) hear(juror.seen, ballot, quorum_);
    }
    for (const Round& round : public_.rounds) {
      const auto choice = agreed(round);
      if (choice && std::find(public_.titles.begin(), public_.titles.end(), *choice) == public_.titles.end())
        public_.titles.push_back(*choice);
    }
  }

  void lie(Term term) {
    for (std::size_t i = 0; i < bench_.liars; ++i) {
      std::vector<std::size_t> claims(public_.claimants.size());
      for (std::size_t c = 0; c < claims.size(); ++c) claims[c] = c;
      claims = random_->sample(claims, static_cast<std::size_t>(habits_[i]));
      for (const std::size_t claim : claims) {
        const Choice choice{.claim = node(claim), .term = term, .since = term};
        tell({.voter = node(seated_ - bench_.jurors + i), .choice = choice}, 0.5);
      }
    }
  }

  /// What the liars could certify with votes they show to nobody.
  void hide(Term term) {
    const auto round = std::find_if(public_.rounds.begin(), public_.rounds.end(),
                                    [term](const Round& each) { return each.term == term; });
    if (round == public_.rounds.end()) return;
    for (const Claimant& each : public_.claimants) {
      Round with_hidden = *round;
      std::erase_if(with_hidden.ballots, [&](const Ballot& b) { return b.choice.claim != each.node; });
      const Choice choice{.claim = each.node, .term = term, .since = term};
      for (std::size_t i = 0; i < bench_.liars; ++i)
        with_hidden.ballots.push_back({.voter = node(seated_ - bench_.jurors + i), .choice = choice});
      if (const auto title = agreed(with_hidden)) hidden_.push_back(*title);
    }
  }

  bool is_stolen(Term term) const {
    Poll revealed = public_;
    revealed.titles.insert(revealed.titles.end(), hidden_.begin(), hidden_.end());
    return title_of(revealed, term)->claim != title_of(public_, term)->claim;
  }

  Poll with_order_of(const Poll& seen) const {
    Poll all = public_;
    all.claimants = seen.claimants;
    return all;
  }

  Bench bench_;
  Random* random_;
  Quorum quorum_;
  Poll public_;  // by the next term everybody's
  std::vector<Habit> habits_;
  std::vector<Juror> honest_;
  std::vector<Choice> hidden_;
  std::size_t seated_ = 0;
};

/// An incumbent whose liars never vote for it, and put together every certificate for their friend that they
/// can.
class Siege {
 public:
  Siege(const Bench& bench, Tenure tenure, Chain chain, Random& random)
      : bench_(bench), tenure_(tenure), chain_(chain), last_(bench.jurors - bench.liars) {
    poll_.claimants = {claimant(0, random), claimant(1, random)};
    poll_.titles = {{.claim = incumbent, .term = since, .since = since}};
  }

  Incumbency run() {
    for (const Term begin : {since + 1, since + certificate_renewal, since + certificate_life,
                             since + certificate_life + certificate_grace}) {
      for (Term term = begin; term < begin + 4; ++term) {
        if (tenure_ == Tenure::always || begin == since + 1) forge(term);
        vote_honestly(term);
        if (const auto holder = holder_at(term); holder && holder->claim == rival) return Incumbency::stolen;
      }
    }
    constexpr Term late = since + certificate_life;  // the first certificate holds no longer
    const auto holder = holder_at(late);
    return holder && is_in_force(*holder, late) ? Incumbency::kept : Incumbency::starved;
  }

 private:
  static constexpr Term since = 20 * terms_an_epoch;
  static inline const NodeId incumbent = node(0);
  static inline const NodeId rival = node(1);

  /// Liars of many days can forge the certificate that their backdated one renews as well.
  void forge(Term term) {
    if (bench_.liars < Quorum{.jurors = bench_.jurors}.needed()) return;
    poll_.titles.push_back({.claim = rival, .term = term, .since = since - certificate_life});
    if (tenure_ == Tenure::always)
      poll_.titles.push_back(
          {.claim = rival, .term = term - certificate_renewal, .since = since - certificate_life});
  }

  void vote_honestly(Term term) {
    Round round{.term = term, .quorum = {.jurors = bench_.jurors}};
    const bool all_are_honest = tenure_ == Tenure::one_day && term >= since + certificate_renewal;
    if (all_are_honest) last_.resize(bench_.jurors);
    for (std::size_t i = 0; i < last_.size(); ++i) {
      const auto said = vote(poll_, last_[i], term);
      if (!said) continue;
      last_[i] = said;
      round.ballots.push_back({.voter = node(10 + i), .choice = *said});
    }
    if (const auto title = agreed(round)) poll_.titles.push_back(*title);
    poll_.rounds = {round};
  }

  std::optional<Choice> holder_at(Term now) const {
    if (chain_ == Chain::read) return title_of(poll_, now);
    std::optional<Choice> oldest;
    for (const Choice& title : poll_.titles) {
      if (is_in_force(title, now) && (!oldest || title.since < oldest->since)) oldest = title;
    }
    return oldest;
  }

  Bench bench_;
  Tenure tenure_;
  Chain chain_;
  std::vector<std::optional<Choice>> last_;
  Poll poll_;
};

}  // namespace

RaceOutcome race(const Bench& bench, Random& random) {
  return Race(bench, random).run();
}

Incumbency besiege(const Bench& bench, Tenure tenure, Chain chain, Random& random) {
  return Siege(bench, tenure, chain, random).run();
}

}  // namespace grapevine::bench
