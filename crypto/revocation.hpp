// "This node is a member no more": said by an admin or by the root, kept by everybody. A node is revoked, not
// a certificate, so that one renewed by somebody who had not heard is void too. With an inviter falls every
// member it let in, whoever has renewed it since, and every one it renewed last, except the admissions in
// `keep`: a thief can set dates back and copy serials, so they prove nothing. Only the root revokes an admin,
// and then what that admin revoked stands no more; so no two entries can void each other. An entry outlives
// every certificate. (The idea of signed removal that peers verify: tailnet lock.)
#pragma once

#include "crypto/certificate.hpp"

namespace grapevine {

struct Revocation {
  static constexpr std::string_view purpose = "grapevine/join/1";
  static constexpr std::uint8_t type = 4;
  static constexpr std::size_t payload_bytes_max = 480;
  static constexpr std::chrono::hours remembered{430 * 24};  // an admin's certificate holds 400 days

  /// From when on it is not kept. The root's word about an admin outlives all that the admin may yet say.
  static constexpr WallTime forgotten(const NodeId& by, WallTime at) {
    return at + (by == NodeId{} ? 2 : 1) * remembered;
  }

  std::uint8_t version = 1;
  NodeId by;              // an admin; zero: the root key
  std::uint32_t rot = 0;  // the how-manieth of its keys signed this
  NodeId node;
  WallTime at;
  Text<64> reason;           // for people
  List<Fixed<16>, 16> keep;  // admissions (certificate.hpp) that stay good, however often they are renewed
  static auto fields(auto& self) {
    return std::tie(self.version, self.by, self.rot, self.node, self.at, self.reason, self.keep);
  }
};

}  // namespace grapevine
