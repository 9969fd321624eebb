// The life of keys over HTTP: a new key, a key that counts no more, a node that ends, a node that is
// expelled.
//     POST /api/mesh/rotations     {}
//     POST /api/mesh/suspensions   {"cause"}                   unsaid lost stolen broken replaced
//     POST /api/mesh/retirements   {"record"}                  of a recovery file
//     GET  /api/mesh/revocations/NAME                          what falls with a device
//     POST /api/mesh/revocations   {"node","reason","keep"}    admissions, as the former shows them
#pragma once

#include "node/api_change.hpp"
#include "node/key_ring.hpp"

namespace grapevine::node {

/// What the bodies above ask for; what comes of it is {"node","name","key"} of whom it is about. A rotation
/// is on disk before anybody hears of it.
Result<Change, ApiError> rotate_key(std::string_view body, KeyRing& keys);
Result<Change, ApiError> suspend_key(std::string_view body);
Result<Change, ApiError> retire_node(std::string_view body);
Result<Change, ApiError> revoke_node(std::string_view body);
/// {"node","name","role","falls":[{"node","name","admission"}]}; 404 when nobody is called that.
Result<std::string, ApiError> expulsion_json(const Core& core, Now now, std::string_view name_or_id);

}  // namespace grapevine::node
