// Any bytes, read as a record, as each form a record may have, and as a message of this floor. Nothing may
// crash or grow, what is accepted is spelled exactly as we would have spelled it, and bytes nobody signed
// never change a registry. Behind the signatures the rules begin: so every form that can be read is also
// heard by registries that take each signature for good, as if all keys were stolen. What these hold may not
// depend on the order in which they heard it.
#include "tests/dns/neighbours.hpp"

using namespace grapevine;
using namespace grapevine::dns;
using neighbours::Device;
using neighbours::Neighbour;

namespace {

struct Gullible final : Verifier {
  bool verify(const PublicKey&, View, const Signature&) override { return true; }
};

/// Five devices that the root let in, so that there are juries; two of them claim one name.
const std::vector<Bytes>& known() {
  static const std::vector<Bytes> records = [] {
    std::vector<Bytes> made;
    for (unsigned n = 1; n <= 5; ++n) {
      const Device device(n);
      for (const auto& record : {device.member(), device.origin(), device.address(n)}) made.push_back(record);
      if (n <= 2) made.push_back(device.name("robot", n));
    }
    return made;
  }();
  return records;
}

void believe(const Body& body) {
  static Gullible gullible;
  const Bytes record = envelope_of(body, std::vector<Signature>(signatures_of(type_of(body))));
  Neighbour last(100, gullible), first(101, gullible);
  for (const auto& before : known()) last.hear(before);
  last.hear(record);
  const auto root = last.registry.root();
  last.hear(record);
  ensure(last.registry.root() == root, "what is held is taken once");
  first.hear(record);
  for (const auto& after : known()) first.hear(after);
  for (int tries = 0; tries < 3 && first.registry.root() != root; ++tries)
    neighbours::make_equal(first, last, neighbours::at(tries * 1min));
  ensure(first.registry.root() == last.registry.root(), "the order of hearing makes no difference");
  (void)last.registry.tick(neighbours::at(3h));
}

void read_message(View input) {
  const auto message = wire::decode_message<Message>(input);
  if (message) ensure(wire::encode_message(*message) == to_bytes(input), "one message has one spelling");
}

void read_bodies(View input) {
  for (std::uint8_t number = 1; number <= record_types; ++number) {
    const auto body = decode_body(static_cast<RecordType>(number), input);
    if (!body || input.size() > payload_bytes_max(type_of(*body))) continue;
    ensure(type_of(*body) == static_cast<RecordType>(number), "a form is its own");
    const Bytes sentence = sentence_of(*body, neighbours::mesh().id);
    ensure(to_bytes(View(sentence).last(input.size())) == to_bytes(input), "one body has one spelling");
    believe(*body);
  }
}

void read_name(View input) {
  const auto name = Name::parse(text(input));
  if (name) ensure(Name::parse(name->text())->text() == name->text(), "a name is its own name");
  if (input.size() > 4 * Name::length_max) return;  // longer ones are no names, and take most of the time
  const Skeleton once = skeleton_of(text(input));
  ensure(skeleton_of(once.value) == once, "the skeleton of a skeleton is itself");
}

void hear(View input) {
  static Neighbour here(0);
  static const Effects started = here.start();
  const auto before = here.registry.root();
  (void)here.hear(input);
  ensure(here.registry.root() == before, "what nobody signed changes nothing");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const View input(data, size);
  read_message(input);
  read_bodies(input);
  read_name(input);
  hear(input);
  return 0;
}
