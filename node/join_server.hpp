// The process behind the join port: `grapevined --serve-join HOST:PORT`. It admits any CURVE key, hands
// requests to the daemon over its standard input (a socket that keeps packets whole) and answers back to
// whoever knocked. It decides nothing and may die at any time: what it knows is the join key and which
// connection waits for which answer.
//
//     daemon -> server   the join key's 32-byte secret, once; then [knock u64][frame]
//     server -> daemon   [knock u64][32-byte CURVE key of the connection][frame]
#pragma once

#include "crypto/identity.hpp"

#include <optional>
#include <string_view>

namespace grapevine::node {

inline constexpr std::string_view serve_join_flag = "--serve-join";

struct JoinRequestPacket {
  std::uint64_t knock = 0;
  TransportKey key;
  Bytes frame;
};
struct JoinAnswer {
  std::uint64_t knock = 0;
  Bytes frame;
};
/// Larger requests are dropped unread: a JoinRequest has about 500 bytes.
inline constexpr std::size_t join_request_bytes_max = 4'096;
/// An answer has at most 32 introductions: some 20 KiB.
inline constexpr std::size_t join_answer_bytes_max = 64 * 1024;
inline constexpr std::size_t join_packet_bytes_max = 8 + 32 + join_request_bytes_max;

Bytes to_packet(const JoinRequestPacket& request);
Bytes to_packet(const JoinAnswer& answer);
/// nullopt: too short or too long to be one.
std::optional<JoinRequestPacket> parse_join_request(View packet);
std::optional<JoinAnswer> parse_join_answer(View packet);

/// Serves until standard input ends; the exit status. A port that is taken is said in one line on stderr.
int serve_join(std::string_view listen);

}  // namespace grapevine::node
