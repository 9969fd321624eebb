// The life of keys over HTTP: a new key, a key that counts no more, a node that ends, a node that is
// expelled.
//     POST /api/mesh/rotations     {}
//     POST /api/mesh/suspensions   {"cause"}                   unsaid lost stolen broken replaced
//     POST /api/mesh/retirements   {"record"}                  of a recovery file
//     GET  /api/mesh/revocations/NAME                          what falls with a device
//     POST /api/mesh/revocations   {"node","reason","keep"}    serials, as the former shows them
#pragma once

#include "node/api_routes.hpp"
#include "node/core.hpp"
#include "node/key_ring.hpp"

namespace grapevine::node {

struct Rotate {};
struct Suspend {
  dns::Cause cause = dns::Cause::unsaid;
};
struct Retire {
  Bytes record;
};
struct Revoke {
  std::string node;  // a name or an id
  std::string reason;
  std::vector<Fixed<16>> kept;
};
using KeyWish = std::variant<Rotate, Suspend, Retire, Revoke>;

/// What the body of such a POST asks for.
Or<KeyWish> parse_key_wish(Route what, std::string_view body);
/// Does it; a rotation is on disk before anybody hears of it. {"node",...} of whom it is about.
Or<std::string> change_keys(Core& core, Now now, Effects& out, KeyRing& keys, const KeyWish& wish);
/// {"node","name","role","falls":[{"node","name","serial"}]}; 404 when nobody is called that.
Or<std::string> expulsion_json(const Core& core, Now now, std::string_view name_or_id);

}  // namespace grapevine::node
