#include "node/api_whois.hpp"

#include "node/api_names.hpp"
#include "node/api_social.hpp"
#include "node/json.hpp"

#include <nlohmann/json.hpp>

namespace grapevine::node {

namespace {

using Json = nlohmann::ordered_json;

Json member_of(const Core& core, const dns::Whois& found, Now now);
Json keys_of(const dns::Whois& found);
Json stop_of(const std::optional<dns::Whois::Stop>& stop);
Json expulsion_of(const Core& core, const dns::Whois& found, Now now);
Json name_of(const Core& core, const dns::Whois::Named& named, Now now);
Json evidence_of(const dns::Whois& found);
Json records_of(const Core& core, const dns::Whois& found, Now now);

std::string base32_of(const dns::RecordId& record) {
  return to_base32(record.value.view());
}

}  // namespace

Result<std::string, ApiError> whois_json(const Core& core, Now now, std::string_view name_or_id) {
  const auto found = core.registry().whois(name_or_id, now.wall);
  if (!found) return fail(about("name", name_or_id, found.error()));
  Json names = Json::array();
  for (const auto& named : found->names) names.push_back(name_of(core, named, now));
  return text_of({{"node", to_string(found->node)},
                  {"name", core.registry().display_name(found->node, now.wall)},
                  {"member", member_of(core, *found, now)},
                  {"keys", keys_of(*found)},
                  {"expelled", expulsion_of(core, *found, now)},
                  {"suspended", stop_of(found->suspended)},
                  {"retired", stop_of(found->retired)},
                  {"names", std::move(names)},
                  {"evidence", evidence_of(*found)},
                  {"pins", pins_of(core, now, found->node)},
                  {"history", history_of(core, found->node)},
                  {"records", records_of(core, *found, now)}});
}

namespace {

/// A node with what it is called; the root, which is a key and no node, by that word.
Json node_of(const Core& core, const NodeId& node, Now now) {
  if (node == NodeId{}) return {{"node", Json()}, {"name", "root"}};
  return {{"node", to_string(node)}, {"name", core.registry().display_name(node, now.wall)}};
}

Json member_of(const Core& core, const dns::Whois& found, Now now) {
  if (!found.certificate) return {};
  const Certificate& certificate = *found.certificate;
  return {{"holds", found.is_member},
          {"label", std::string(certificate.label)},
          {"role", name(certificate.role)},
          {"inviter", node_of(core, certificate.inception.inviter, now)},
          {"issuer", node_of(core, certificate.issuer, now)},
          {"serial", to_hex(certificate.serial.view())},
          {"not_before", rfc3339(certificate.not_before)},
          {"not_after", rfc3339(certificate.not_after)}};
}

Json expulsion_of(const Core& core, const dns::Whois& found, Now now) {
  if (!found.expelled) return {};
  const Revocation& word = found.expelled->word;
  return {{"by", node_of(core, word.by, now)},
          {"at", rfc3339(word.at)},
          {"reason", std::string(word.reason)},
          {"record", base32_of(found.expelled->record)}};
}

Json keys_of(const dns::Whois& found) {
  Json keys = Json::array();
  for (const auto& key : found.keys)
    keys.push_back(
        {{"rot", key.rot}, {"key", to_base32(key.key.value.view())}, {"record", base32_of(key.record)}});
  return keys;
}

Json stop_of(const std::optional<dns::Whois::Stop>& stop) {
  if (!stop) return {};
  return {{"rot", stop->rot}, {"cause", dns::name(stop->cause)}, {"record", base32_of(stop->record)}};
}

Json name_of(const Core& core, const dns::Whois::Named& named, Now now) {
  Json certificates = Json::array(), votes = Json::array();
  for (const auto& certified : named.certificates) {
    Json voters = Json::array();
    for (const auto& voter : certified.voters) voters.push_back(node_of(core, voter, now));
    certificates.push_back({{"for", node_of(core, certified.choice.claim, now)},
                            {"term", rfc3339(dns::begin_of(certified.choice.term))},
                            {"since", rfc3339(dns::begin_of(certified.choice.since))},
                            {"voters", std::move(voters)},
                            {"record", base32_of(certified.record)}});
  }
  for (const auto& ballot : named.votes)
    votes.push_back({{"voter", node_of(core, ballot.voter, now)},
                     {"for", node_of(core, ballot.choice.claim, now)},
                     {"term", rfc3339(dns::begin_of(ballot.choice.term))}});
  return {{"name", named.view.name},
          {"state", dns::name(named.view.state)},
          {"limit", limit_of(core, named.view.state, now)},
          {"lease_end", rfc3339(named.view.lease_end)},
          {"transfer", handover_of(core, named.view.handover, now)},
          {"certificates", std::move(certificates)},
          {"votes", std::move(votes)}};
}

std::string_view word_for(dns::Evidence::Kind kind) {
  switch (kind) {
    case dns::Evidence::Kind::none: return "?";
    case dns::Evidence::Kind::sequence: return "two contents under one number";
    case dns::Evidence::Kind::vote: return "two votes in one term";
  }
  return "?";
}

Json evidence_of(const dns::Whois& found) {
  Json evidence = Json::array();
  for (const auto& accusation : found.evidence)
    evidence.push_back({{"kind", word_for(accusation.kind)}, {"record", base32_of(accusation.record)}});
  return evidence;
}

Json records_of(const Core& core, const dns::Whois& found, Now now) {
  Json records = Json::array();
  for (const auto& held : found.records) {
    Json by, by_name, at;
    if (held.told) {
      const bool is_self = held.told->by == core.identity().node;
      by = is_self ? "self" : to_string(held.told->by);
      by_name = core.registry().display_name(held.told->by, now.wall);
      at = rfc3339(held.told->at);
    }
    records.push_back({{"type", dns::name(held.type)},
                       {"record", base32_of(held.record)},
                       {"told_by", std::move(by)},
                       {"told_by_name", std::move(by_name)},
                       {"told_at", std::move(at)}});
  }
  return records;
}

}  // namespace

}  // namespace grapevine::node
