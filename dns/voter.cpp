#include "dns/voter.hpp"

#include <algorithm>

namespace grapevine::dns {

namespace {

constexpr std::string_view silent_key = "votes/silent-until";
constexpr std::string_view last_prefix = "votes/last/";

std::string last_key(const Skeleton& name) {
  return std::string(last_prefix) + name.value;
}

std::optional<Choice> read_last(View kept) {
  const auto last = wire::decode<Choice>(kept);
  return last ? std::optional(*last) : std::nullopt;
}

}  // namespace

std::optional<Choice> Voter::choose(const Skeleton& name, const Poll& poll, Term now) {
  if (const auto silent = store_->get(Table::meta, view(silent_key));
      silent && now < wire::decode<Term>(*silent).value_or(0))
    return std::nullopt;
  const std::string key = last_key(name);
  const auto kept = store_->get(Table::meta, view(key));
  const auto choice = vote(poll, kept ? read_last(*kept) : std::nullopt, now);
  if (choice) store_->put(Table::meta, view(key), wire::encode(*choice));
  return choice;
}

void Voter::fall_silent(Term now) {
  store_->put(Table::meta, view(silent_key), wire::encode((epoch_of(now) + 1) * terms_an_epoch));
}

void Voter::forget(Term now) {
  std::vector<Bytes> over;
  store_->each(Table::meta, view(last_prefix), [&](View key, View kept) {
    const auto last = read_last(kept);
    if (!last || last->term + certificate_life + certificate_grace < now) over.push_back(to_bytes(key));
    return Walk::on;
  });
  for (const Bytes& key : over) store_->erase(Table::meta, key);
}

std::optional<NameCertificate> certificate_of(const Ledger& ledger, const Skeleton& name, const Poll& poll,
                                              const MeshId& mesh) {
  const auto* box = ledger.ballots().find(name);
  for (const Round& round : poll.rounds) {
    const auto choice = agreed(round);
    if (!choice || box == nullptr) continue;
    NameCertificate made;
    made.skeleton.assign(name.value);
    made.claim = choice->claim;
    made.term = choice->term;
    made.since = choice->since;
    for (const auto& held : box->votes) {
      if (held.ballot.choice != *choice) continue;
      const auto envelope = ledger.store().get(Table::record, held.record.value.view());
      const auto body = envelope ? body_of(*envelope) : std::nullopt;
      const auto* vote = body ? std::get_if<Vote>(&*body) : nullptr;
      if (vote == nullptr) continue;  // the store has spoilt it
      const auto sealed = std::get<Sealed>(unseal(*envelope, mesh));
      made.votes.push_back({.voter = vote->voter, .rot = vote->rot, .signature = sealed.signature});
    }
    std::sort(made.votes.begin(), made.votes.end(),
              [](const Endorsement& a, const Endorsement& b) { return a.voter < b.voter; });
    const auto again = std::unique(
        made.votes.begin(), made.votes.end(),  // who rotated in between may have said it under both keys
        [](const Endorsement& a, const Endorsement& b) { return a.voter == b.voter; });
    made.votes.resize(static_cast<std::size_t>(again - made.votes.begin()));
    if (made.votes.size() < round.quorum.needed()) continue;
    made.votes.resize(round.quorum.needed());
    return made;
  }
  return std::nullopt;
}

}  // namespace grapevine::dns
