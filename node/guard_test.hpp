// Before a node listens, it proves to itself over loopback that its guard works: its own key arrives as its
// own User-Id, a throwaway key and a client without CURVE are turned away and deliver nothing. A guard that
// was never asked (CURVE alone admits everybody) would otherwise be noticed by nobody.
#pragma once

#include "node/zap.hpp"

namespace grapevine::node {

/// Throws std::runtime_error unless the guard stands the test; takes some milliseconds, at most three
/// seconds.
void test_guard(zmq::context_t& context, Zap& zap, const TransportPair& own, const NodeId& self);

}  // namespace grapevine::node
