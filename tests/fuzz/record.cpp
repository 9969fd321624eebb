// Any bytes, read as a record, as each form a record may have, and as a message of this floor. Nothing may
// crash or grow, what is accepted is spelled exactly as we would have spelled it, and bytes nobody signed
// never change a registry.
#include "tests/dns/neighbours.hpp"

using namespace grapevine;
using namespace grapevine::dns;

namespace {

void read_message(View input) {
  const auto message = wire::decode_message<Message>(input);
  if (message) ensure(wire::encode_message(*message) == to_bytes(input), "one message has one spelling");
}

void read_bodies(View input) {
  for (std::uint8_t number = 1; number <= record_types; ++number) {
    const auto body = decode_body(static_cast<RecordType>(number), input);
    if (!body) continue;
    ensure(type_of(*body) == static_cast<RecordType>(number), "a form is its own");
    const Bytes sentence = sentence_of(*body, neighbours::mesh().id);
    ensure(to_bytes(View(sentence).last(input.size())) == to_bytes(input), "one body has one spelling");
  }
}

void read_name(View input) {
  const auto name = Name::parse(text(input));
  if (name) ensure(Name::parse(name->text())->text() == name->text(), "a name is its own name");
  const Skeleton once = skeleton_of(text(input));
  ensure(skeleton_of(once.value) == once, "the skeleton of a skeleton is itself");
}

void hear(View input) {
  static neighbours::Neighbour here(0);
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
