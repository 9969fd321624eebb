// The folder where a node keeps who it is: everything secret lies in `keys/`, which appears whole, by one
// rename, or not at all. `init` founds a mesh, `join` enters one; both refuse where somebody already lives. A
// join that was cut off keeps its keys in `keys.new/` and, asked again with the same invite, says the very
// same sentence: the inviter then grants the same certificate instead of finding its invite spent.
//
//     keys/{operational,transport,next}   and on the founding device keys/root
//     keys/chain                          once the node has rotated its key (key_ring.hpp)
//     keys/membership                     mesh, the present certificate, issuers, first peers (no secrets)
//     api-token                           what a program shows to change the mesh over HTTP
//     recovery                            ends this node when all else of it is lost (recovery.hpp)
#pragma once

#include "crypto/invite.hpp"
#include "node/core.hpp"
#include "node/key_ring.hpp"

#include <filesystem>

namespace grapevine::node {

/// --data, $GRAPEVINE_DATA or ~/.local/share/grapevine.
std::filesystem::path home_folder(std::string_view flag);

/// A home as it is read at the start of a node.
struct Home {
  std::filesystem::path folder;
  Identity identity;
  TransportPair transport;
  std::string api_token;
  KeyRing keys;
};
/// Errors name the file and how to mend it: unknown (nobody lives here yet), refused (readable by others),
/// malformed; expired: it was away for longer than its certificate holds, and must join anew.
Result<Home> load_home(const std::filesystem::path& folder, WallTime now);

/// Puts a renewed certificate in place of the one the home has; the next load gives it. storage on any disk
/// error.
Result<void> keep_certificate(const std::filesystem::path& folder, const KeepCertificate& renewed);

/// The token alone, for the command line. The same errors.
Result<std::string> load_api_token(const std::filesystem::path& folder);

/// What a founder decides.
struct Founding {
  std::string mesh_name;   // at most 32 bytes
  std::string node_label;  // at most 32 bytes; empty: the host's name
  std::string owner;       // label of the person; devices of one owner form a group
};
/// A new mesh with this device as its first admin. conflict: there is an identity already.
Result<Identity> found_home(const std::filesystem::path& folder, const Founding& founding, WallTime now);

/// A newcomer on its way in: keys are on disk before the inviter hears of them.
class Joining {
 public:
  /// conflict: there is an identity already; expired: the invite has ended.
  static Result<Joining> begin(const std::filesystem::path& folder, const Invite& invite,
                               std::string_view label, WallTime now);

  const JoinRequest& request() const { return request_; }
  /// The pair the connection to the join port must use.
  const TransportPair& transport() const { return transport_; }
  /// Moves in, once the grant is shown to be of the invite's mesh and for these keys; bad_signature,
  /// malformed, expired or refused otherwise, and nothing changes.
  Result<Identity> complete(const JoinGranted& granted, WallTime now) &&;

 private:
  Joining(std::filesystem::path folder, MeshId mesh, JoinWish wish, TransportPair transport,
          JoinRequest request);

  std::filesystem::path folder_;
  MeshId mesh_;
  JoinWish wish_;
  TransportPair transport_;
  JoinRequest request_;
};

}  // namespace grapevine::node
