// BLAKE2b with a purpose tag. Every hash in Grapevine is taken for one stated purpose, written before the
// hashed bytes and ended by a zero, so that a hash made for one thing never serves another. All purposes
// stand here, once each.
#pragma once

#include "crypto/bytes.hpp"

#include <initializer_list>
#include <string_view>

namespace grapevine {

struct Purpose {
  std::string_view tag;
};

namespace purpose {
inline constexpr Purpose node_id{"grapevine/id/1"};
inline constexpr Purpose mesh_id{"grapevine/mesh/1"};
inline constexpr Purpose next_key{"grapevine/next/1"};
inline constexpr Purpose ending_key{"grapevine/ending/1"};
inline constexpr Purpose succession{"grapevine/succession/1"};
inline constexpr Purpose owner{"grapevine/owner/1"};
inline constexpr Purpose invite_id{"grapevine/invite/1"};
inline constexpr Purpose invite_text{"grapevine/invite-text/1"};
inline constexpr Purpose join_port{"grapevine/join-port/1"};
inline constexpr Purpose certificate{"grapevine/certificate/1"};
inline constexpr Purpose admission{"grapevine/admission/1"};
inline constexpr Purpose record_id{"grapevine/record/1"};
inline constexpr Purpose registry_root{"grapevine/registry/1"};
inline constexpr Purpose registry_range{"grapevine/range/1"};
inline constexpr Purpose members_root{"grapevine/members/1"};
inline constexpr Purpose gossip_id{"grapevine/gossip/1"};
inline constexpr Purpose jury{"grapevine/jury/1"};
inline constexpr Purpose lot{"grapevine/lot/1"};
inline constexpr Purpose claim{"grapevine/claim/1"};
inline constexpr Purpose prompt{"grapevine/prompt/1"};
inline constexpr Purpose text{"grapevine/text/1"};
inline constexpr Purpose fence{"grapevine/fence/1"};
inline constexpr Purpose topic{"grapevine/topic/1"};
inline constexpr Purpose topics{"grapevine/topics/1"};
inline constexpr Purpose query{"grapevine/query/1"};
inline constexpr Purpose key_check{"grapevine/key/1"};
inline constexpr Purpose verified{"grapevine/verified/1"};
inline constexpr Purpose trace{"grapevine/trace/1"};
inline constexpr Purpose stored{"grapevine/stored/1"};
inline constexpr Purpose beacon{"grapevine/beacon/1"};
inline constexpr Purpose beacon_mask{"grapevine/beacon-mask/1"};
}  // namespace purpose

/// BLAKE2b of tag, zero, parts one after the other. N is 8, 16 or 32 bytes; 8 are the first of 16.
/// The parts are not separated: callers hash fixed-size fields, or one encoded value.
template <std::size_t N>
Fixed<N> hash(Purpose purpose, std::initializer_list<View> parts);

extern template Fixed<8> hash<8>(Purpose, std::initializer_list<View>);
extern template Fixed<16> hash<16>(Purpose, std::initializer_list<View>);
extern template Fixed<32> hash<32>(Purpose, std::initializer_list<View>);

}  // namespace grapevine
