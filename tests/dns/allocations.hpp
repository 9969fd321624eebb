// How much memory this test program has asked for: what a stranger's bytes may make a decoder allocate has a
// bound.
#pragma once

#include <cstddef>

namespace grapevine::dns {

/// Bytes asked of operator new by this thread since it began.
std::size_t bytes_allocated();

}  // namespace grapevine::dns
