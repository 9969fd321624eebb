// What the doctor says about given facts.
#include "node/doctor.hpp"

#include <algorithm>

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::node;

namespace {

constexpr WallTime now{std::chrono::hours(24 * 20'000)};
constexpr std::chrono::hours month{24 * 30};

NodeId device(std::uint8_t number) {
  NodeId id;
  id.value.bytes.fill(number);
  return id;
}

/// Nothing is wrong with it.
Patient healthy() {
  Patient made{.self = device(1),
               .now = now,
               .certificate_ends = now + month,
               .ability = moa::Ability::answers,
               .names = {{device(1), "laptop"}, {device(2), "kitchen-pi"}, {device(3), "robot"}}};
  const gossip::Contact at("10.0.0.7:4781");
  made.members = {{.node = device(1), .contact = at}, {.node = device(2)}, {.node = device(3)}};
  made.clocks = {{device(2), 12ms}, {device(3), -3ms}};
  made.around.contact = at;
  made.around.called_at = {{device(2), "10.0.0.7:4781"}};
  made.around.discovery = {.networks = 1, .heard = {{device(2), gossip::Contact("10.0.0.8:4781"), 3s}}};
  made.around.descriptors = {.used = 60, .limit = 1024};
  return made;
}

Finding found(const Patient& patient, std::string_view check) {
  const auto all = examine(patient);
  const auto at = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.check == check; });
  REQUIRE(at != all.end());
  return *at;
}

void check_wrong(const Patient& patient, std::string_view check, const std::string& what) {
  const auto finding = found(patient, check);
  CAPTURE(finding.what);
  CHECK(finding.verdict == Verdict::wrong);
  CHECK(finding.what.find(what) != std::string::npos);
  CHECK_FALSE(finding.advice.empty());
  for (const auto& other : examine(patient)) CHECK((other.check == check || other.verdict == Verdict::well));
}

}  // namespace

TEST_CASE("where nothing is wrong, every check says so and none advises") {
  for (const auto& finding : examine(healthy())) {
    CHECK_MESSAGE(finding.verdict == Verdict::well, std::string(finding.check));
    CHECK(finding.advice.empty());
  }
  CHECK(doctor_json(examine(healthy())).starts_with(R"({"well":true,"findings":[{"check":"dialled",)"));
}

TEST_CASE("a call that came through says at which address, and whose it was") {
  CHECK(found(healthy(), "dialled").what == "others reach this device at 10.0.0.7:4781, by kitchen-pi");
}

TEST_CASE("that nobody called is no fault") {
  auto patient = healthy();
  patient.around.called_at.clear();
  CHECK(found(patient, "dialled").verdict == Verdict::unknown);
  CHECK(doctor_json(examine(patient)).starts_with(R"({"well":true)"));
}

TEST_CASE("an address that others were told and that is gone wants a restart") {
  auto patient = healthy();
  patient.around.contact = gossip::Contact("10.0.0.99:4781");
  check_wrong(patient, "address", "10.0.0.99:4781 now");
}

TEST_CASE("a device that has lost everybody is wrong, one that never met anybody is new") {
  auto patient = healthy();
  patient.members[1].status = patient.members[2].status = gossip::Status::dead;
  check_wrong(patient, "company", "0 of 2");
  patient.members.resize(1);
  CHECK(found(patient, "company").verdict == Verdict::unknown);
}

TEST_CASE("who does not reach whom is named") {
  auto patient = healthy();
  patient.gaps = {{device(2), device(3)}};
  check_wrong(patient, "gaps", "kitchen-pi does not reach robot");
  CHECK(doctor_json(examine(patient)).starts_with(R"({"well":false)"));
}

TEST_CASE("row 12: if most others disagree it is our clock, else theirs") {
  auto patient = healthy();
  patient.clocks = {{device(2), 1h}, {device(3), 1h}};
  check_wrong(patient, "clock", "this device is 60 min behind");
  patient.clocks = {{device(2), 3ms}, {device(3), 24h}, {device(4), 5ms}};
  check_wrong(patient, "clock", "robot by 24 h");
}

TEST_CASE("discovery switched off is a choice, failed it is a fault") {
  auto patient = healthy();
  patient.around.discovery = {.off_because = "mesh.discovery = false"};
  CHECK(found(patient, "discovery").verdict == Verdict::well);
  patient.around.discovery = {.off_because = "UDP port 4781: Permission denied", .failed = true};
  check_wrong(patient, "discovery", "Permission denied");
}

TEST_CASE("few descriptors left are a fault") {
  auto patient = healthy();
  patient.around.descriptors = {.used = 60, .limit = 64};
  check_wrong(patient, "descriptors", "60 of 64");
}

TEST_CASE("a device that nobody listens to any more is told so") {
  auto patient = healthy();
  patient.voice = Voice::muted;
  check_wrong(patient, "certificate", "suspended");
  patient.voice = Voice::retired;
  check_wrong(patient, "certificate", "retired");
  patient.voice = Voice::revoked;
  check_wrong(patient, "certificate", "expelled");
}

TEST_CASE("a certificate that nobody renews is told before it ends, and after") {
  auto patient = healthy();
  patient.certificate_ends = now + certificate_left_least;
  CHECK(found(patient, "certificate").verdict == Verdict::well);
  patient.certificate_ends -= 1ms;
  check_wrong(patient, "certificate", "nobody has renewed it");
  patient.certificate_ends = now;
  check_wrong(patient, "certificate", "has ended");
}

TEST_CASE("without a model a device is unwell only where nobody else answers what is asked here") {
  auto patient = healthy();
  patient.around.lacks.model = "no model server was found";
  check_wrong(patient, "model", "no model server was found");
  patient.others_answering = 1;
  CHECK(found(patient, "model").verdict == Verdict::well);
  patient.others_answering = 0;
  patient.ability = moa::Ability::synthesizes;  // a server has come since
  CHECK(found(patient, "model").verdict == Verdict::well);
}

TEST_CASE("a model that was told of and could not be had is a fault, whoever else answers") {
  auto patient = healthy();
  patient.ability = moa::Ability::none;
  patient.others_answering = 1;
  patient.around.lacks.model = "the model could not be had";
  check_wrong(patient, "model", "could not be had");
}

TEST_CASE("an address that DNS did not get is a fault") {
  auto patient = healthy();
  patient.around.lacks.dns = "127.0.0.1:4753";
  check_wrong(patient, "dns", "127.0.0.1:4753");
}

TEST_CASE("a store that was set aside is told of until it is removed") {
  auto patient = healthy();
  patient.around.stores_set_aside = {"/home/anna/data.corrupt-1763800000"};
  check_wrong(patient, "store", "data.corrupt-1763800000");
}
