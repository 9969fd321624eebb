#include "dns/whois.hpp"

namespace grapevine::dns {

namespace {

void add(const Ledger& ledger, const Ledger::Entry& entry, Whois& found);
void add(const Ledger& ledger, const NameView& view, Whois& found);

}  // namespace

Whois whois_of(const NodeId& node, const Directory& directory, const Ledger& ledger, const Roster& roster,
               WallTime now) {
  Whois found{.node = node, .is_member = roster.is_member(node, now)};
  if (const auto* certificate = roster.find(node)) found.certificate = *certificate;
  add(ledger, *ledger.find(node), found);
  for (const auto& view : directory.names_of(node, now)) add(ledger, view, found);
  for (auto& held : found.records) held.told = ledger.told(held.record);
  return found;
}

namespace {

template <class T>
std::optional<Whois::Stop> stop_of(const Ledger& ledger, const std::optional<Ledger::KeyMark>& mark) {
  if (!mark) return std::nullopt;
  const auto said = ledger.read<T>(mark->record);
  return Whois::Stop{.rot = mark->rot, .cause = said ? said->cause : Cause::unsaid, .record = mark->record};
}

void add(const Ledger& ledger, const Ledger::Entry& entry, Whois& found) {
  const auto hold = [&](RecordType type, const RecordId& id) {
    found.records.push_back({.type = type, .record = id, .told = {}});
  };
  hold(RecordType::member, entry.member.record);
  for (std::uint32_t rot = 0; entry.keys && rot <= entry.keys->rot(); ++rot) {
    const auto& link = *entry.keys->find(rot);
    found.keys.push_back({.rot = rot, .key = link.key, .record = link.record});
    hold(rot == 0 ? RecordType::id : RecordType::rotation, link.record);
  }
  if (const auto* expulsion = ledger.expulsion_of(found.node)) {
    if (auto word = ledger.revocation(expulsion->record))
      found.expelled = {.word = *std::move(word), .record = expulsion->record};
    hold(RecordType::member, expulsion->record);
  }
  found.suspended = stop_of<Suspension>(ledger, entry.suspended);
  found.retired = stop_of<Retirement>(ledger, entry.retired);
  if (entry.suspended) hold(RecordType::suspension, entry.suspended->record);
  if (entry.retired) hold(RecordType::retirement, entry.retired->record);
  for (const auto& mark : entry.evidence) {
    const auto evidence = ledger.read<Evidence>(mark.record);
    found.evidence.push_back(
        {.kind = evidence ? evidence->kind : Evidence::Kind::none, .record = mark.record});
    hold(RecordType::evidence, mark.record);
  }
  if (entry.address) hold(RecordType::address, entry.address->rank.record);
  for (const auto& head : entry.names)
    hold(head.handover ? RecordType::transfer : RecordType::name, head.rank.record);
}

void add(const Ledger& ledger, const NameView& view, Whois& found) {
  auto& named = found.names.emplace_back(Whois::Named{.view = view, .certificates = {}, .votes = {}});
  const auto* box = ledger.ballots().find(skeleton_of(view.name));
  if (box == nullptr) return;
  for (const auto& held : box->certificates) {
    auto& certified = named.certificates.emplace_back(
        Whois::Certified{.choice = held.choice, .voters = {}, .record = held.record});
    if (const auto certificate = ledger.read<NameCertificate>(held.record)) {
      for (const auto& vote : certificate->votes) certified.voters.push_back(vote.voter);
    }
    found.records.push_back({.type = RecordType::certificate, .record = held.record, .told = {}});
  }
  for (const auto& held : box->votes) {
    named.votes.push_back(held.ballot);
    found.records.push_back({.type = RecordType::vote, .record = held.record, .told = {}});
  }
}

}  // namespace

}  // namespace grapevine::dns
