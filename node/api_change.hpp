// What a request wants changed: parsed on the thread it came in by, carried out on the loop's. So the loop
// parses nothing, and no other thread touches the Core.
#pragma once

#include "node/api.hpp"
#include "node/core.hpp"

#include <functional>

namespace grapevine::node {

/// Does it, appends the effects, and answers with what holds then.
using Change = std::function<Result<std::string, ApiError>(Core& core, Now now, Effects& out)>;

}  // namespace grapevine::node
