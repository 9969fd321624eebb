#include "dns/registry.hpp"
#include "tests/dns/neighbours.hpp"

#include <algorithm>
#include <sstream>

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::dns;
using neighbours::at;
using neighbours::Device;
using neighbours::key_of;
using neighbours::Neighbour;
using neighbours::noon;

namespace {

constexpr Term now = term_of(noon);

/// Who is a member is known to all two days before it counts in a vote; here, before all else.
std::vector<Bytes> members() {
  std::vector<Bytes> records;
  for (unsigned n = 1; n <= 8; ++n) records.push_back(Device(n).member());
  return records;
}

/// How the jury of seven votes on a name that two devices claim: five for the first, who is certified, two
/// for the second; one of them for both. And of votes on another name too few for a certificate.
std::vector<Bytes> election() {
  const Device first(7), second(8);
  std::vector<Bytes> records{first.name("crane", 4), second.name("crane", 4), second.name("lathe", 5)};
  std::vector<NodeId> electors;
  for (unsigned n = 1; n <= 8; ++n) electors.push_back(Device(n).node);
  std::sort(electors.begin(), electors.end());
  const auto jurors = jury({"crane"}, neighbours::mesh().id, epoch_of(now), electors);
  NameCertificate certificate;
  certificate.skeleton.assign("crane");
  certificate.claim = first.node;
  certificate.term = certificate.since = now;
  for (unsigned n = 1, votes = 0; n <= 8; ++n) {
    const Device voter(n);
    if (n <= 3) records.push_back(voter.vote("lathe", now, second.node));
    if (!std::binary_search(jurors.begin(), jurors.end(), voter.node)) continue;
    const Bytes vote = voter.vote("crane", now, first.node), other = voter.vote("crane", now, second.node);
    if (++votes <= 5)
      certificate.votes.push_back(
          {.voter = voter.node,
           .rot = 0,
           .signature = std::get<Sealed>(unseal(vote, neighbours::mesh().id)).signature});
    if (votes <= 5) records.push_back(vote);
    if (votes >= 5) records.push_back(other);
    if (votes == 5) records.push_back(seal_evidence(Evidence::Kind::vote, vote, other));
  }
  std::sort(certificate.votes.begin(), certificate.votes.end(),
            [](const auto& a, const auto& b) { return a.voter < b.voter; });
  records.push_back(envelope_of(certificate, {}));
  records.push_back(first.transfer("crane", 9, second, now + 2));
  return records;
}

/// What eight devices say in a day: addresses that follow each other, names that collide, are voted on, given
/// up, handed over, are too many; keys that rotate, are suspended and retired, or stolen, and what the thief
/// of all that were shown says with them.
std::vector<Bytes> history() {
  std::vector<Bytes> records = election();
  for (unsigned n = 1; n <= 8; ++n) records.push_back(Device(n).origin());
  for (unsigned n = 1; n <= 6; ++n) {
    const Device device(n);
    for (std::uint64_t seq = 1; seq <= 3; ++seq) records.push_back(device.address(seq));
    records.push_back(device.address(3, noon, "twin"));
    records.push_back(device.name("robot", 4));
    records.push_back(device.name("own-" + std::to_string(n + 10), 5));
    records.push_back(device.name("own-" + std::to_string(n + 10), 6, noon, n % 2 == 0 ? 0 : 86400));
  }
  const Term soon = now + 2;
  const Device rotating(1), robbed(2), suspended(3), retired(4), giver(5), squatter(6);
  const auto thief = key_of(50, 0);
  for (const auto& record : {rotating.rotation(1),
                             rotating.rotation(2),
                             Device::rotated(1, 2).address(1, noon, "rotated"),
                             Device::rotated(1, 1).name("robot", 9),
                             Device::rotated(1, 2).name("own-11", 1),
                             Device::rotated(1, 1).vote("lathe", now, robbed.node),
                             robbed.rotation(1),
                             robbed.rotation(2),
                             robbed.rotation(1, thief.commitment()),
                             robbed.rotation(2, thief.commitment()),
                             robbed.rotation(3, thief.commitment()),
                             robbed.retirement(key_of(2, 0)),
                             robbed.retirement(key_of(2, 1)),
                             robbed.retirement(key_of(2, 2)),
                             Device::rotated(2, 2).address(1, noon, "robbed"),
                             Device::rotated(2, 1).suspension(),
                             suspended.suspension(),
                             suspended.suspension(Cause::lost),
                             retired.retirement(),
                             retired.rotation(1),
                             Device::rotated(4, 1).name("own-14", 9),
                             giver.transfer("own-15", 7, squatter, soon),
                             giver.transfer("own-15", 7, robbed, soon),
                             giver.transfer("robot", 7, retired, soon),
                             seal_evidence(Evidence::Kind::vote, giver.vote("robot", now, giver.node),
                                           giver.vote("robot", now, robbed.node))})
    records.push_back(record);
  for (unsigned n = 0; n < 8; ++n) records.push_back(squatter.name("squat-" + std::to_string(n + 10), n));
  return records;
}

/// One of ten thousand who hear it all. Their device is made once: a key has guarded pages of its own.
struct Hearer {
  static const Device& device() {
    static const Device made(100);
    return made;
  }
  static const Mesh& home() {
    static const Mesh made = neighbours::mesh();
    return made;
  }
  MemoryStore store{};
  Roster roster{home(), neighbours::verifier()};
  Registry registry{Config{}, device().self(), store, roster, Random(100)};

  void hear(View record) { (void)registry.arrived(device().node, record, at()); }
  operator neighbours::Party() { return {device().node, registry}; }
};

/// All that can be seen from outside, in words.
std::string view_of(const Registry& registry) {
  std::ostringstream text;
  for (const auto& line : registry.names(noon))
    text << line.name << ' ' << name(line.state) << ' ' << short_name(line.holder) << '\n';
  for (const auto& found : registry.find({}, noon, 99))
    text << short_name(found.node) << found.capabilities.front() << '\n';
  return text.str();
}

}  // namespace

TEST_CASE("row 39: ten thousand shuffled histories with losses and repeats end in one registry") {
  const auto records = history();
  Neighbour model(90);
  for (const auto& record : members()) model.hear(record);
  for (int pass = 0; pass < 3; ++pass) {
    for (const auto& record : records) model.hear(record);
  }
  // What is compared below is there at all.
  CHECK(model.registry.resolve(to_string(Device(2).node), noon)->contradicts_itself);
  CHECK(model.registry.resolve("own-13", noon)->state == State::suspended);
  CHECK(model.registry.resolve(to_string(Device(4).node), noon).error().code == Code::unknown);
  CHECK(model.registry.resolve("own-11", noon)->node == Device(1).node);
  CHECK(model.registry.whois(to_string(Device(2).node), noon)->keys.size() == 3);
  CHECK(model.registry.resolve("crane", noon)->state == State::confirmed);
  CHECK(model.registry.resolve("crane", noon + 20min)->node == Device(8).node);
  CHECK(model.registry.resolve("lathe", noon)->state == State::provisional);
  Random random(1);
  for (int round = 0; round < 10'000; ++round) {
    Hearer here;
    for (const auto& record : members()) here.hear(record);
    auto shuffled = records;
    for (std::size_t i = 0; i < records.size() / 4; ++i)
      shuffled.push_back(records[random.below(records.size())]);
    random.shuffle(shuffled);
    shuffled.resize(shuffled.size() * 3 / 4);
    for (const auto& record : shuffled) here.hear(record);
    for (int tries = 0; tries < 4 && here.registry.root() != model.registry.root(); ++tries)
      neighbours::make_equal(here, model, {Time((round * 4 + tries) * 1min), noon + tries * 1min});
    REQUIRE(here.registry.root() == model.registry.root());
    REQUIRE(view_of(here.registry) == view_of(model.registry));
  }
}
