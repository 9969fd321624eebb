// The rows of bad input that are about spelling: numbers, forms and names that no honest node writes, each
// under a signature that is right.
#include "tests/dns/allocations.hpp"
#include "tests/dns/neighbours.hpp"

#include <chrono>

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::dns;
using namespace std::string_view_literals;
using neighbours::at;
using neighbours::Device;
using neighbours::Neighbour;
using neighbours::noon;
using neighbours::only;

namespace {

/// The envelope of any payload, signed by this device.
Bytes sealed(const Device& device, RecordType type, View payload) {
  const auto number = static_cast<std::uint8_t>(type);
  const auto signature = device.key.sign(signed_bytes(names_purpose, device.mesh_id, number, payload));
  wire::Writer to;
  to.array(4);
  to.number(1);
  to.number(number);
  to.bytes(payload);
  to.bytes(signature.value.view());
  return to.take();
}

/// A claim whose sequence number and label are spelled so.
Bytes claim(const Device& device, View sequence, std::string_view label = "robot") {
  wire::Writer to;
  to.array(7);
  to.bytes(device.node.value.view());
  to.number(0);
  Bytes payload = to.take();
  append(payload, sequence);
  wire::Writer rest;
  rest.text(label);
  rest.number(86'400);
  rest.bytes(Fixed<16>{}.view());
  rest.number(1'800'000'000'000);
  append(payload, rest.take());
  return sealed(device, RecordType::name, payload);
}

/// What the hearer notes of a record; empty when it takes it.
std::string verdict_on(Neighbour& here, View record) {
  const auto notes = only<Note>(here.registry.arrived(NodeId{}, record, at()).second);
  if (notes.empty()) return {};
  return notes.front().event.starts_with("hostile.") ? std::string(notes.front().event)
                                                     : notes.front().detail;
}

struct Hearer : Neighbour {
  Device device{1};
  Hearer() : Neighbour(0) { meet(device); }
};

const Bytes seven{7};

/// Payloads of an ID record that no honest node writes.
std::vector<std::pair<std::string, Bytes>> odd_payloads() {
  const Bytes honest = wire::encode(Device(1).inception);  // 95 c420.. c420.. c420.. c420.. c410..
  const auto changed = [&](std::size_t at, std::size_t gone, const Bytes& in) {
    Bytes odd(honest.begin(), honest.begin() + static_cast<std::ptrdiff_t>(at));
    append(odd, in);
    append(odd, View(honest).subspan(at + gone));
    return odd;
  };
  Bytes deep(100, 0x91), trailing = honest;
  deep.push_back(0);
  trailing.push_back(0);
  return {{"bytes follow", trailing},
          {"a length in two bytes", changed(1, 2, {0xc5, 0, 32})},
          {"an array's length in four", changed(0, 1, {0xdd, 0, 0, 0, 5})},
          {"2^32-1 elements", changed(0, 1, {0xdd, 0xff, 0xff, 0xff, 0xff})},
          {"2^32-1 bytes", changed(1, 2, {0xc6, 0xff, 0xff, 0xff, 0xff})},
          {"a string of 2^32-1", changed(1, 2, {0xdb, 0xff, 0xff, 0xff, 0xff})},
          {"2^32-1 pairs", {0xdf, 0xff, 0xff, 0xff, 0xff}},
          {"a map", {0x81, 0x01, 0x02}},
          {"a field more", changed(0, 1, {0x96})},
          {"text for bytes", changed(1, 2, {0xd9, 32})},
          {"nothing", changed(1, 34, {0xc0})},
          {"an extension", changed(1, 2, {0xc7, 32, 1})},
          {"a float", changed(1, 34, {0xca, 0, 0, 0, 0})},
          {"a hundred arrays", deep},
          {"no bytes", {}}};
}

}  // namespace

TEST_CASE("row 5: a sequence number of 2^63 or more, below zero, or broken is not canonical") {
  Hearer here;
  const std::string refused = "hostile.record_not_canonical";
  for (const Bytes& odd :
       {Bytes{0xcf, 0x80, 0, 0, 0, 0, 0, 0, 0}, Bytes{0xcf, 255, 255, 255, 255, 255, 255, 255, 255},
        Bytes{0xff}, Bytes{0xd0, 0x80}, Bytes{0xd3, 255, 255, 255, 255, 255, 255, 255, 254},
        Bytes{0xca, 0x40, 0xe0, 0, 0}, Bytes{0xcb, 0x40, 0x1c, 0, 0, 0, 0, 0, 0}})
    CHECK(verdict_on(here, claim(here.device, odd)) == refused);
  CHECK(here.registry.size() == 2);
  CHECK(verdict_on(here, claim(here.device, seven)).empty());
  CHECK(verdict_on(here, claim(here.device, Bytes{0xcf, 0x7f, 255, 255, 255, 255, 255, 255, 255})).empty());
}

TEST_CASE("row 8: every odd form is refused, within 64 KiB of memory") {
  Hearer here;
  const auto cost = [&](View record) {
    const auto begun = std::chrono::steady_clock::now();
    const std::size_t before = bytes_allocated();
    const std::string verdict = verdict_on(here, record);
    CHECK(bytes_allocated() - before < 64 * 1024);
    return std::pair(verdict, std::chrono::steady_clock::now() - begun);
  };
  const auto honest = cost(here.device.address(1)).second;
  auto dearest = honest - honest;
  for (const auto& [form, payload] : odd_payloads()) {
    const auto inner = cost(sealed(here.device, RecordType::id, payload));
    CHECK_MESSAGE(inner.first == "hostile.record_not_canonical", form);
    const auto outer = cost(payload);  // the same in place of an envelope
    CHECK_MESSAGE(outer.first == "hostile.record_bad_form", form);
    dearest = std::max({dearest, inner.second, outer.second});
  }
  MESSAGE("the dearest costs " << static_cast<double>(dearest.count()) / static_cast<double>(honest.count())
                               << " of an honest record");
  CHECK(here.registry.size() == 3);
}

TEST_CASE("row 8: sets that repeat or are not sorted are refused") {
  Hearer here;
  for (const auto& words : {std::vector{"arm", "arm"}, std::vector{"vision", "arm"}}) {
    Address address;
    address.node = here.device.node;
    address.lease_s = 7200;
    address.issued = noon;
    for (const char* word : words) address.capabilities.emplace_back(std::string(word));
    CHECK(verdict_on(here, seal(address, here.device.mesh_id, here.device.key)) ==
          "hostile.record_not_canonical");
  }
}

TEST_CASE("row 20: names that look alike are one name, and a foreign letter makes none") {
  Neighbour here(0);
  const Device first(1), second(2), third(3);
  for (const auto* device : {&first, &second, &third}) here.meet(*device);
  CHECK(here.hear(first.name("robot", 1)) == Verdict::accept);
  CHECK(here.hear(second.name("r0bot", 1)) == Verdict::accept);
  CHECK(here.hear(third.name("ro-bot", 1)) == Verdict::accept);
  CHECK(here.registry.resolve("robot", noon)->claimants.size() == 3);
  CHECK(verdict_on(here, first.name("r\xd0\xbe"
                                    "bot",
                                    2)) == "hostile.record_not_canonical");
  CHECK(verdict_on(here, first.name("xn--rbot-8cd", 2)) == "hostile.record_bad_name");
}

TEST_CASE("row 21: what is no name is refused from others, and folded from oneself") {
  Hearer here;
  for (const auto bad : {""sv, "-abc"sv, "abc-"sv, "a..b"sv, "abcdefabcdefabcd"sv, "Robot"sv,
                         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"sv})
    CHECK_MESSAGE(verdict_on(here, claim(here.device, seven, bad)) == "hostile.record_bad_name", bad);
  for (const auto bad : {"ro\0bot"sv, "robot\n"sv, "\x1b[2Jbot"sv,
                         "a234567890123456789012345678901234567890123456789012345678901234"sv})
    CHECK_MESSAGE(verdict_on(here, claim(here.device, seven, bad)) == "hostile.record_not_canonical",
                  bad.size());
  for (const auto reserved : {"gateway"sv, "loca1"sv})
    CHECK(verdict_on(here, claim(here.device, seven, reserved)) == "hostile.record_reserved_name");
  CHECK(here.registry.size() == 2);
  here.start();
  here.registry.claim("Robot", at()).value();
  CHECK(here.registry.resolve("robot", noon)->name == "robot");
}
