#include "dns/zone.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace grapevine::dns {

namespace {

const std::string service = "_grapevine._tcp";
constexpr std::chrono::seconds apex_ttl{3600};
constexpr std::chrono::seconds denial_ttl{5};  // a name claimed a moment ago must not stay unknown for long
constexpr std::size_t ttl_at = 6;              // in a record: behind pointer, type and class
constexpr std::size_t size_at = 10;
constexpr std::size_t fixed_bytes = 12;      // of a record, up to the size of the rest
constexpr std::size_t serial_from_end = 20;  // of a SOA: five numbers stand last, the serial first
constexpr WallTime for_ever = WallTime::max();

std::string facts_of(const Presence& presence, const Presence::Title& title);
void append_records(Section& section, View records, std::uint32_t ttl, std::uint16_t pointer = to_question);
std::uint32_t seconds_left(WallTime until, WallTime now, std::uint32_t most);
std::uint32_t read_u32(View bytes, std::size_t at);
void write_u32(Bytes& bytes, std::size_t at, std::uint32_t number);

}  // namespace

Zone::Zone(Rules rules) : rules_(std::move(rules)), suffix_("." + rules_.origin + ".") {
  show_apex();
}

void Zone::show(const Presence& presence) {
  hide(presence.node);
  count_change();
  if (!presence.is_member) return;
  Presence::Title best{.label = to_string(presence.node) + ".id",
                       .state = State::id,
                       .since = presence.member_since,
                       .until = presence.member_until};
  show_title(presence, best);
  for (const auto& title : presence.titles) {
    if (!shows(title, presence.node)) continue;
    show_title(presence, title);
    if (best.state == State::id) best = title;
  }
  show_instance(presence, best);  // one a node, under the first of its names
}

Zone::Outcome Zone::answer(std::string_view name, Type type, WallTime now, std::uint16_t turn,
                           Section& section) const {
  const auto found = owners_.find(name);
  if (found == owners_.end()) return contains(name) ? Outcome::no_such_name : Outcome::outside;
  const Owner& owner = found->second;
  if (owner.until <= now) return Outcome::no_such_name;
  if (type == Type::ptr && !owner.instances.empty()) return answer_instances(owner, now, turn, section);
  for (const Set& set : owner.sets) {
    if (set.type != type || set.until <= now) continue;
    append_records(section, set.records, seconds_left(set.until, now, set.ttl));
    return Outcome::found;
  }
  return Outcome::no_such_type;
}

void Zone::deny(std::string_view name, Section& section) const {
  const auto apex = static_cast<std::uint16_t>(to_question + name.size() - origin_.size());
  append_records(section, soa_, static_cast<std::uint32_t>(denial_ttl.count()), apex);
}

// NodeIds are hashes: every turn is a place in the list as likely as any other.
Zone::Outcome Zone::answer_instances(const Owner& owner, WallTime now, std::uint16_t turn, Section& section) {
  NodeId start;
  start.value.bytes[0] = static_cast<std::uint8_t>(turn >> 8);
  start.value.bytes[1] = static_cast<std::uint8_t>(turn);
  auto at = owner.instances.lower_bound(start);
  for (std::size_t seen = 0; seen < owner.instances.size() && section.count < instances_shown_max; ++seen) {
    if (at == owner.instances.end()) at = owner.instances.begin();
    const Instance& instance = (at++)->second;
    if (instance.until > now)
      append_records(section, instance.record, seconds_left(instance.until, now, instance.ttl));
  }
  return section.count == 0 ? Outcome::no_such_type : Outcome::found;
}

/// What the zone says of itself, and the names that are there for those below them.
void Zone::show_apex() {
  const auto add_own = [&](std::string_view label, std::string_view rest) {
    add(NodeId{}, {for_ever, for_ever}, line(label, apex_ttl, rest));
  };
  const std::string server = "ns" + suffix_;
  const std::string soa =
      "SOA " + server + " hostmaster" + suffix_ + " 1 3600 600 86400 " + std::to_string(denial_ttl.count());
  const auto rendered_soa = render(line("", apex_ttl, soa));
  ensure(rendered_soa.has_value(), "the name of a zone is a name");
  origin_ = rendered_soa->owner;
  soa_ = rendered_soa->record;
  add_own("", soa);
  add_own("", "NS " + server);
  add_own("ns", address_text(rules_.server));
  add_own("_services._dns-sd._udp", "PTR " + service + suffix_);
  for (const std::string& label : {std::string("id"), std::string("_tcp"), std::string("_udp"),
                                   std::string("_dns-sd._udp"), "_sub." + service}) {
    const auto placed = render(line(label, apex_ttl, "A 0.0.0.0"));
    owners_[placed->owner].until = for_ever;
  }
}

void Zone::show_title(const Presence& presence, const Presence::Title& title) {
  const WallTime until = std::min(title.until, presence.member_until);
  const Lease named{until, until};
  const Lease addressed{until, std::min(until, presence.address_until)};
  std::set<std::string> addresses;  // endpoints of several ports share one
  for (const auto& endpoint : presence.endpoints) {
    if (presence.node == rules_.self || is_routable(endpoint.ip)) addresses.insert(address_text(endpoint.ip));
  }
  for (const auto& address : addresses)
    add(presence.node, addressed, line(title.label, presence.ttl, address));
  add(presence.node, named, line(title.label, presence.ttl, "TXT " + facts_of(presence, title)));
}

void Zone::show_instance(const Presence& presence, const Presence::Title& title) {
  if (presence.endpoints.empty()) return;
  const WallTime until = std::min({title.until, presence.member_until, presence.address_until});
  const Lease lease{until, until};
  const std::string instance = title.label.substr(0, title.label.find('.')) + "." + service;
  const std::string port = std::to_string(presence.endpoints.front().port);
  std::string facts = facts_of(presence, title);
  for (const auto& offering : presence.services) facts += " " + quoted(offering.label + "=" + offering.txt);
  add(presence.node, lease, line(instance, presence.ttl, "SRV 0 0 " + port + " " + title.label + suffix_));
  add(presence.node, lease, line(instance, presence.ttl, "TXT " + facts));
  const std::string pointer = "PTR " + instance + suffix_;
  add_instance(presence.node, until, line(service, presence.ttl, pointer));
  for (const auto& capability : presence.capabilities)
    add_instance(presence.node, until, line("_" + capability + "._sub." + service, presence.ttl, pointer));
}

/// Adds the record a line describes. A name that another node brought goes to the newcomer: the registry has
/// said so.
void Zone::add(const NodeId& node, Lease lease, const std::string& line) {
  const auto rendered = render(line);
  if (!rendered) return;  // what others wrote made no record
  auto [at, fresh] = owners_.try_emplace(rendered->owner, Owner{.node = node, .until = lease.name});
  Owner& owner = at->second;
  if (owner.node != node) owner = {.node = node, .until = lease.name};
  if (owner.sets.empty()) shown_[node].push_back(rendered->owner);
  if (owner.sets.empty() || owner.sets.back().type != rendered->type)
    owner.sets.push_back({.type = rendered->type, .ttl = rendered->ttl, .until = lease.records});
  append(owner.sets.back().records, rendered->record);
}

void Zone::add_instance(const NodeId& node, WallTime until, const std::string& line) {
  auto rendered = render(line);
  if (!rendered) return;
  Owner& owner = owners_[rendered->owner];
  owner.until = for_ever;
  owner.instances[node] = {.ttl = rendered->ttl, .until = until, .record = std::move(rendered->record)};
  shown_[node].push_back(std::move(rendered->owner));
}

void Zone::hide(const NodeId& node) {
  const auto shown = shown_.extract(node);
  if (shown.empty()) return;
  for (const std::string& name : shown.mapped()) {
    const auto at = owners_.find(name);
    if (at == owners_.end()) continue;
    Owner& owner = at->second;
    owner.instances.erase(node);
    const bool is_empty_list = owner.sets.empty() && owner.instances.empty();
    if (owner.node == node || is_empty_list) owners_.erase(at);
  }
}

/// The serial number of the SOA, which stands both in its set and beside what is not there.
void Zone::count_change() {
  const std::size_t at = soa_.size() - serial_from_end;
  write_u32(soa_, at, read_u32(soa_, at) + 1);
  owners_[origin_].sets.front().records = soa_;
}

bool Zone::shows(const Presence::Title& title, const NodeId& node) const {
  return title.state == State::confirmed || node == rules_.self || rules_.provisional;
}

bool Zone::contains(std::string_view name) const {
  while (name.size() > origin_.size()) name.remove_prefix(static_cast<std::uint8_t>(name.front()) + 1u);
  return name == origin_;
}

std::string Zone::line(std::string_view label, std::chrono::seconds ttl, std::string_view rest) const {
  std::string text(label);
  text.append(label.empty() ? std::string_view(suffix_).substr(1) : suffix_).append(" ");
  return text.append(std::to_string(ttl.count())).append(" IN ").append(rest);
}

std::string zone_name(std::string_view mesh_name, std::string_view parent) {
  std::string label;
  for (const char c : mesh_name) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool fits = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
    label.push_back(fits ? lower : '-');
  }
  return label.append(".").append(parent);
}

bool is_routable(View ip) {
  constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (ip.size() == 16 && std::equal(mapped.begin(), mapped.end(), ip.begin())) ip = ip.subspan(12);
  if (ip.size() == 4) {
    const bool link_local = ip[0] == 169 && ip[1] == 254;
    return ip[0] != 0 && ip[0] != 127 && ip[0] < 224 && !link_local;  // from 224 on: multicast, reserved
  }
  if (ip.size() != 16) return false;
  const bool low = std::all_of(ip.begin(), ip.end() - 4, [](std::uint8_t byte) { return byte == 0; });
  const bool link_local = ip[0] == 0xfe && (ip[1] & 0xc0) == 0x80;
  return !low && ip[0] != 0xff && !link_local;  // low: :: and ::1, and the old spelling of IPv4
}

namespace {

/// What a TXT record says of a name: RFC 6763, 6.
std::string facts_of(const Presence& presence, const Presence::Title& title) {
  const auto term = std::chrono::floor<std::chrono::minutes>(title.since.time_since_epoch()) / 10min;
  return quoted("v=1") + " " + quoted("id=" + to_string(presence.node)) + " " +
         quoted("st=" + std::string(name(title.state))) + " " + quoted("since=" + std::to_string(term));
}

void append_records(Section& section, View records, std::uint32_t ttl, std::uint16_t pointer) {
  std::size_t at = section.bytes.size();
  append(section.bytes, records);
  while (at < section.bytes.size()) {
    section.bytes[at] = static_cast<std::uint8_t>(pointer >> 8);
    section.bytes[at + 1] = static_cast<std::uint8_t>(pointer);
    write_u32(section.bytes, at + ttl_at, ttl);
    at += fixed_bytes + (read_u32(section.bytes, at + size_at - 2) & 0xffff);
    ++section.count;
  }
}

std::uint32_t seconds_left(WallTime until, WallTime now, std::uint32_t most) {
  const auto left = std::chrono::floor<std::chrono::seconds>(until - now).count();
  return left < most ? static_cast<std::uint32_t>(left) : most;
}

std::uint32_t read_u32(View bytes, std::size_t at) {
  std::uint32_t number = 0;
  std::memcpy(&number, bytes.data() + at, sizeof number);
  return be32toh(number);
}

void write_u32(Bytes& bytes, std::size_t at, std::uint32_t number) {
  number = htobe32(number);
  std::memcpy(bytes.data() + at, &number, sizeof number);
}

}  // namespace

}  // namespace grapevine::dns
