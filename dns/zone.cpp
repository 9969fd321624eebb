#include "dns/zone.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace grapevine::dns {

namespace {

constexpr std::string_view service = "_grapevine._tcp";
constexpr std::chrono::seconds apex_ttl{3600};
constexpr std::chrono::seconds denial_ttl{5};  // a name claimed a moment ago must not stay unknown for long
constexpr std::size_t ttl_at = 6;              // in a record: behind pointer, type and class
constexpr std::size_t size_at = 10;
constexpr std::size_t fixed_bytes = 12;      // of a record, up to the size of the rest
constexpr std::size_t serial_from_end = 20;  // of a SOA: five numbers stand last, the serial first
constexpr WallTime for_ever = WallTime::max();

/// Where a node stands, or would, in a list by id.
template <class List>
auto place_of(List& list, const NodeId& node) {
  return std::lower_bound(list.begin(), list.end(), node,
                          [](const auto* shown, const NodeId& id) { return shown->node < id; });
}

/// IPv4 before IPv6, and in the order of their bytes.
struct Less {
  bool operator()(View one, View other) const {
    return std::pair(one.size(), text(one)) < std::pair(other.size(), text(other));
  }
};

/// Labels in wire form, to be followed by the zone.
std::string labels_of(std::string_view dotted);
Bytes facts_of(const Presence& presence, const Presence::Title& title);
Type address_type(View ip);
std::uint32_t ttl_of(const Bytes& record);
std::uint32_t seconds_of(std::chrono::seconds time);
void append_records(Section& section, View records, std::uint32_t ttl, std::uint16_t pointer = to_question);
std::uint32_t seconds_left(WallTime until, WallTime now, std::uint32_t most);
std::uint32_t read_u32(View bytes, std::size_t at);
void write_u32(Bytes& bytes, std::size_t at, std::uint32_t number);

}  // namespace

Zone::Zone(Rules rules) : rules_(std::move(rules)) {
  const auto origin = wire_name(rules_.origin);
  ensure(origin.has_value(), "the name of a zone is a name");
  origin_ = *origin;
  show_apex();
}

void Zone::show(const Presence& presence) {
  hide(presence.node);
  count_change();
  if (!presence.is_member) return;
  Shown& shown = shown_[presence.node] = {.node = presence.node};
  Presence::Title best{.label = to_string(presence.node) + ".id",
                       .state = State::id,
                       .since = presence.member_since,
                       .until = presence.member_until};
  show_title(shown, presence, best);
  for (const auto& title : presence.titles) {
    if (!shows(title, presence.node)) continue;
    show_title(shown, presence, title);
    if (best.state == State::id) best = title;
  }
  show_instance(shown, presence, best);  // one a node, under the first of its names
}

Zone::Outcome Zone::answer(std::string_view name, Type type, WallTime now, std::uint16_t turn,
                           Section& section) const {
  if (!contains(name)) return Outcome::outside;
  const auto found = owners_.find(name.substr(0, name.size() - origin_.size()));
  if (found == owners_.end()) return Outcome::no_such_name;
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
  auto at = place_of(owner.instances, start);
  for (std::size_t seen = 0; seen < owner.instances.size() && section.count < instances_shown_max; ++seen) {
    if (at == owner.instances.end()) at = owner.instances.begin();
    const Set& instance = (*at++)->instance;
    if (instance.until > now)
      append_records(section, instance.records, seconds_left(instance.until, now, instance.ttl));
  }
  return section.count == 0 ? Outcome::no_such_type : Outcome::found;
}

/// What the zone says of itself, and the names that are there for those below them.
void Zone::show_apex() {
  const Lease always{for_ever, for_ever};
  const std::string server = full("ns");
  soa_ = record(Type::soa, seconds_of(apex_ttl),
                authority_content(server, full("hostmaster"), seconds_of(denial_ttl)));
  add(nullptr, "", always, Type::soa, soa_);
  add(nullptr, "", always, Type::ns, record(Type::ns, seconds_of(apex_ttl), view(server)));
  const Type family = address_type(rules_.server);
  add(nullptr, "ns", always, family, record(family, seconds_of(apex_ttl), rules_.server));
  add(nullptr, "_services._dns-sd._udp", always, Type::ptr,
      record(Type::ptr, seconds_of(apex_ttl), view(full(service))));
  for (const std::string& label : {std::string("id"), std::string("_tcp"), std::string("_udp"),
                                   std::string("_dns-sd._udp"), "_sub." + std::string(service)})
    owners_[labels_of(label)].until = for_ever;
}

void Zone::show_title(Shown& shown, const Presence& presence, const Presence::Title& title) {
  const WallTime until = std::min(title.until, presence.member_until);
  const Lease addressed{until, std::min(until, presence.address_until)};
  const std::uint32_t ttl = seconds_of(presence.ttl);
  std::set<View, Less> addresses;  // by family; endpoints of several ports share one
  for (const auto& endpoint : presence.endpoints) {
    if (presence.node == rules_.self || is_routable(endpoint.ip)) addresses.insert(endpoint.ip);
  }
  for (const View ip : addresses)
    add(&shown, title.label, addressed, address_type(ip), record(address_type(ip), ttl, ip));
  add(&shown, title.label, {until, until}, Type::txt, record(Type::txt, ttl, facts_of(presence, title)));
}

void Zone::show_instance(Shown& shown, const Presence& presence, const Presence::Title& title) {
  if (presence.endpoints.empty()) return;
  const WallTime until = std::min({title.until, presence.member_until, presence.address_until});
  const Lease lease{until, until};
  const std::uint32_t ttl = seconds_of(presence.ttl);
  const std::string instance = title.label.substr(0, title.label.find('.')) + "." + std::string(service);
  const auto where = service_content(presence.endpoints.front().port, full(title.label));
  Bytes facts = facts_of(presence, title);
  for (const auto& offering : presence.services) append_text(facts, offering.label + "=" + offering.txt);
  add(&shown, instance, lease, Type::srv, record(Type::srv, ttl, where));
  add(&shown, instance, lease, Type::txt, record(Type::txt, ttl, facts));
  shown.instance = {
      .type = Type::ptr, .ttl = ttl, .until = until, .records = record(Type::ptr, ttl, view(full(instance)))};
  add_to_list(shown, service);
  for (const auto& capability : presence.capabilities)
    add_to_list(shown, "_" + capability + "._sub." + std::string(service));
}

/// Adds a record to a name, given without the zone. A name that another node brought goes to the newcomer:
/// the registry has said so.
void Zone::add(Shown* bringer, std::string_view label, Lease lease, Type type, const Bytes& bytes) {
  const auto [at, fresh] = owners_.try_emplace(labels_of(label));
  Owner& owner = at->second;
  if (!fresh && owner.bringer != bringer) {
    if (owner.bringer != nullptr) std::erase(owner.bringer->owners, &*at);
    owner = {};
  }
  if (owner.sets.empty()) {
    owner.bringer = bringer;
    owner.until = lease.name;
    if (bringer != nullptr) bringer->owners.push_back(&*at);
  }
  if (owner.sets.empty() || owner.sets.back().type != type)
    owner.sets.push_back({.type = type, .ttl = ttl_of(bytes), .until = lease.records});
  append(owner.sets.back().records, bytes);
}

/// Lists a node where its type of service is asked for.
void Zone::add_to_list(Shown& shown, std::string_view label) {
  auto& owner = *owners_.try_emplace(labels_of(label)).first;
  auto& instances = owner.second.instances;
  const auto at = place_of(instances, shown.node);
  if (at != instances.end() && *at == &shown) return;
  instances.insert(at, &shown);
  owner.second.until = for_ever;
  shown.owners.push_back(&owner);
}

void Zone::hide(const NodeId& node) {
  const auto shown = shown_.find(node);
  if (shown == shown_.end()) return;
  for (const auto* name : shown->second.owners) {
    const auto at = owners_.find(name->first);
    Owner& owner = at->second;
    const auto listed = place_of(owner.instances, node);
    if (listed != owner.instances.end() && *listed == &shown->second) owner.instances.erase(listed);
    const bool is_empty_list = owner.sets.empty() && owner.instances.empty();
    if (owner.bringer == &shown->second || is_empty_list) owners_.erase(at);
  }
  shown_.erase(shown);
}

/// The serial number of the SOA, which stands both in its set and beside what is not there.
void Zone::count_change() {
  const std::size_t at = soa_.size() - serial_from_end;
  write_u32(soa_, at, read_u32(soa_, at) + 1);
  owners_[{}].sets.front().records = soa_;
}

bool Zone::shows(const Presence::Title& title, const NodeId& node) const {
  return title.state == State::confirmed || node == rules_.self || rules_.provisional;
}

bool Zone::contains(std::string_view name) const {
  while (name.size() > origin_.size()) name.remove_prefix(static_cast<std::uint8_t>(name.front()) + 1u);
  return name == origin_;
}

/// The name of a label, or of several, in the zone, in wire form.
std::string Zone::full(std::string_view label) const {
  return labels_of(label) + origin_;
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

std::string labels_of(std::string_view dotted) {
  auto name = wire_name(dotted);
  ensure(name.has_value(), "a record names what can be a name");
  name->pop_back();  // the root
  return *std::move(name);
}

/// What a TXT record says of a name: RFC 6763, 6.
Bytes facts_of(const Presence& presence, const Presence::Title& title) {
  const auto term = std::chrono::floor<std::chrono::minutes>(title.since.time_since_epoch()) / 10min;
  Bytes facts;
  append_text(facts, "v=1");
  append_text(facts, "id=" + to_string(presence.node));
  append_text(facts, "st=" + std::string(name(title.state)));
  append_text(facts, "since=" + std::to_string(term));
  return facts;
}

Type address_type(View ip) {
  ensure(ip.size() == 4 || ip.size() == 16, "an address has 4 or 16 bytes");
  return ip.size() == 4 ? Type::a : Type::aaaa;
}

std::uint32_t ttl_of(const Bytes& record) {
  return read_u32(record, ttl_at);
}

std::uint32_t seconds_of(std::chrono::seconds time) {
  return static_cast<std::uint32_t>(time.count());
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
