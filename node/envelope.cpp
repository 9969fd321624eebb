#include "node/envelope.hpp"

namespace grapevine::node {
namespace {

// Above every array of our messages (1 024 rows of a member table), string (a prompt of 128 KiB) and nesting
// (a rumor in the news of a ping holds a signed certificate).
constexpr wire::Limits limits{.array_max = 1024, .bytes_max = 160 * 1024, .depth_max = 8};

template <class Message>
Result<AnyMessage> open_as(View frame) {
  auto message = wire::decode_message<Message>(frame, limits);
  if (!message) return fail(std::move(message.error()));
  return AnyMessage(std::move(*message));
}

}  // namespace

Result<AnyMessage> open_frame(View frame) {
  // [array header, number, ...]: a fixarray or array16 header, then a positive fixint or uint8; all our
  // numbers are < 128.
  const std::size_t at = frame.empty() ? 0 : frame[0] == 0xdc ? 3 : 1;
  if (frame.size() <= at) return fail(Code::malformed, "a frame ends before its number");
  const std::uint8_t number = frame[at];
  if (number < 60) return open_as<gossip::Message>(frame);
  if (number < 80) return open_as<dns::Message>(frame);
  return open_as<moa::Message>(frame);
}

}  // namespace grapevine::node
