// What becomes of events: who is heard, how often, how late, and only once. The household is that of
// tests/crypto/sample.hpp; device 2 listens, device 3 tells.
#include "node/events.hpp"

#include "tests/crypto/sample.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::node;
using gossip::Verdict;

namespace {

const bool started = (start_crypto(), true);
constexpr Now noon{Time(1h), sample::noon};

Now later(Duration span) {
  return {noon.time + span, noon.wall + std::chrono::duration_cast<SignedClock::duration>(span)};
}

struct Device {
  explicit Device(const sample::Household& home, std::uint8_t number)
      : key(sample::key(number)), events(sample::node(number), key, home.roster, Random(number)) {}
  Bytes tell(std::string_view name, std::string_view text, Now now = noon) {
    return std::move(events.tell(name, text, now, effects).value());
  }
  Verdict hear(const Bytes& payload, Now now = noon) {
    return events.arrived(sample::node(4), payload, now, effects);
  }
  std::string last_note() const {
    return effects.empty() ? "" : std::string(std::get<Note>(effects.back()).event);
  }

  SigningKey key;
  Events events;
  Effects effects;
};

struct Two {
  sample::Household home;
  Device two{home, 2};
  Device three{home, 3};
};

Bytes sealed(const Event& event, std::uint8_t signer) {
  return wire::encode(Signed<Event>(event, sample::mesh().id, sample::key(signer)));
}

Event event_of(std::uint8_t author, WallTime told = sample::noon, std::uint64_t nonce = 1) {
  Event event{.node = sample::node(author), .told = told, .nonce = nonce, .name = {}, .body = {}};
  event.name.assign("bell");
  return event;
}

}  // namespace

TEST_CASE("an event keeps its bytes") {
  Event event = event_of(3);
  event.body.assign("at the door");
  CHECK(to_hex(hash<16>(purpose::trace, {sealed(event, 3)}).view()) == "3bba4fcdfc9a8ff51a0e5b7dd56f989a");
  CHECK(sealed(event, 3).size() == 131);
}

TEST_CASE("what one device tells, another hears and passes on") {
  Two home;
  CHECK(home.two.hear(home.three.tell("bell", "at the door")) == Verdict::accept);
  REQUIRE(home.two.events.after(0).size() == 1);
  const EventHeard& heard = *home.two.events.after(0).front();
  CHECK(heard.event.node == sample::node(3));
  CHECK(heard.event.body == "at the door");
  CHECK(home.two.last_note() == "event");
}

TEST_CASE("who tells hears itself once, not again when it comes back") {
  Two home;
  const Bytes told = home.three.tell("bell", "");
  CHECK(home.three.events.latest() == 1);
  CHECK(home.three.hear(told) == Verdict::ignore);
  CHECK(home.three.events.latest() == 1);
}

TEST_CASE("an event is heard once") {
  Two home;
  const Bytes told = home.three.tell("bell", "");
  CHECK(home.two.hear(told) == Verdict::accept);
  CHECK(home.two.hear(told) == Verdict::ignore);
  CHECK(home.two.events.latest() == 1);
}

TEST_CASE("two equal messages at one moment are two events") {
  Two home;
  const Bytes first = home.three.tell("bell", "");
  CHECK(home.two.hear(first) == Verdict::accept);
  CHECK(home.two.hear(home.three.tell("bell", "")) == Verdict::accept);
}

TEST_CASE("an event signed by another is refused as hostile, and told of the giver") {
  Two home;
  CHECK(home.two.hear(sealed(event_of(3), 4)) == Verdict::reject);
  CHECK(home.two.last_note() == "hostile.event");
  CHECK(std::get<Note>(home.two.effects.back()).about == sample::node(4));
  CHECK(home.two.hear(sealed(event_of(3), 3)) == Verdict::accept);
}

TEST_CASE("an altered event is refused") {
  Two home;
  Bytes told = home.three.tell("bell", "at the door");
  told[told.size() / 2] ^= 1;
  CHECK(home.two.hear(told) == Verdict::reject);
  CHECK(home.two.hear({}) == Verdict::reject);
  CHECK(home.two.hear(Bytes(3000)) == Verdict::reject);
}

TEST_CASE("who has no certificate of the mesh is not heard") {
  Two home;
  CHECK(home.two.hear(sealed(event_of(9), 9)) == Verdict::ignore);
  const auto after_its_end = later(31 * 24h);
  CHECK(home.two.hear(sealed(event_of(3, after_its_end.wall), 3), after_its_end) == Verdict::ignore);
  CHECK(home.two.events.latest() == 0);
}

TEST_CASE("an hour old is too old, ten minutes ahead is too early") {
  Two home;
  CHECK(home.two.hear(sealed(event_of(3, noon.wall - 1h, 1), 3)) == Verdict::ignore);
  CHECK(home.two.hear(sealed(event_of(3, noon.wall + 601s, 2), 3)) == Verdict::ignore);
  CHECK(home.two.hear(sealed(event_of(3, noon.wall - 59min, 3), 3)) == Verdict::accept);
  CHECK(home.two.hear(sealed(event_of(3, noon.wall + 599s, 4), 3)) == Verdict::accept);
}

TEST_CASE("one author is heard 32 times at once and then twice a second, others are heard meanwhile") {
  Two home;
  int heard = 0;
  for (std::uint64_t i = 0; i < 100; ++i)
    heard += home.two.hear(sealed(event_of(3, noon.wall, i), 3)) == Verdict::accept ? 1 : 0;
  CHECK(heard == 32);
  CHECK(home.two.last_note() == "event_flood");
  CHECK(home.two.hear(sealed(event_of(4), 4)) == Verdict::accept);
  for (std::uint64_t i = 100; i < 110; ++i)
    heard += home.two.hear(sealed(event_of(3, noon.wall, i), 3), later(2s)) == Verdict::accept ? 1 : 0;
  CHECK(heard == 36);
}

TEST_CASE("a forger cannot use up what another may tell") {
  Two home;
  for (std::uint64_t i = 0; i < 100; ++i) (void)home.two.hear(sealed(event_of(3, noon.wall, i), 4));
  CHECK(home.two.hear(sealed(event_of(3, noon.wall, 100), 3)) == Verdict::accept);
}

TEST_CASE("a device that tells too much is refused at home, before its peers drop what it says") {
  Two home;
  for (int i = 0; i < 30; ++i) CHECK(home.two.hear(home.three.tell("bell", "")) == Verdict::accept);
  CHECK(home.three.events.tell("bell", "", noon, home.three.effects).error().code == Code::full);
  CHECK(home.two.hear(home.three.tell("bell", "", later(1s)), later(1s)) == Verdict::accept);
}

TEST_CASE("256 are kept, what was pushed out does not come again") {
  Two home;
  const Bytes first = home.three.tell("bell", "first");
  CHECK(home.two.hear(first) == Verdict::accept);
  for (int i = 1; i <= 256; ++i) {
    const Now then = later(i * 1s);
    CHECK(home.two.hear(home.three.tell("bell", "", then), then) == Verdict::accept);
  }
  CHECK(home.two.events.after(0).size() == Events::kept_max);
  CHECK(home.two.events.after(0).front()->number == 2);
  CHECK(home.two.hear(first, later(300s)) == Verdict::ignore);
}

TEST_CASE("a listener asks for what came after a number, a number from an earlier life asks for all") {
  Two home;
  for (const char* name : {"one", "two", "three"}) (void)home.two.tell(name, "");
  REQUIRE(home.two.events.after(2).size() == 1);
  CHECK(home.two.events.after(2).front()->event.name == "three");
  CHECK(home.two.events.after(3).empty());
  CHECK(home.two.events.after(57).size() == 3);
}

TEST_CASE("a name is plain and short, a text has its limit") {
  Two home;
  const auto code = [&](std::string_view name, std::string_view text) {
    return home.three.events.tell(name, text, noon, home.three.effects).error().code;
  };
  CHECK(code("", "") == Code::malformed);
  CHECK(code("two words", "") == Code::malformed);
  CHECK(code("line\nbreak", "") == Code::malformed);
  CHECK(code(std::string(65, 'n'), "") == Code::too_big);
  CHECK(code("bell", std::string(1025, 't')) == Code::too_big);
  CHECK(home.two.hear(home.three.tell(std::string(64, 'n'), std::string(1024, 't'))) == Verdict::accept);
}
