// Any bytes, read as every sentence a stranger may send before it is a member. Nothing may crash or grow, and
// what is accepted must be spelled exactly as we would have spelled it.
#include "crypto/invite.hpp"

using namespace grapevine;

namespace {

template <class T>
void read_value(View input) {
  const auto value = wire::decode<T>(input);
  if (value) ensure(wire::encode(*value) == to_bytes(input), "one value has one spelling");
}

void read_message(View input) {
  const auto message = wire::decode_message<JoinMessage>(input);
  if (message) ensure(wire::encode_message(*message) == to_bytes(input), "one message has one spelling");
}

void read_invite(View input) {
  const auto invite = parse_invite(text(input));
  if (invite) ensure(parse_invite(to_text(*invite)).has_value(), "an invite survives its text");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const View input(data, size);
  read_value<Signed<Certificate>>(input);
  read_value<Certificate>(input);
  read_value<Signed<RootStatement>>(input);
  read_value<RootStatement>(input);
  read_value<JoinWish>(input);
  read_value<Invite>(input);
  read_message(input);
  read_invite(input);
  return 0;
}
