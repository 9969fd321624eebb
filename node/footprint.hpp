// What a process that runs for months gives back: heap that only starting or a long exchange needed, the
// pages of code it ran through once (half of them the start of libraries: libcrypto's alone is 3 MiB), and
// what it has read of its store. None of that is lost: the kernel maps a page again from its cache when
// somebody comes by, and what nobody needs no longer counts as ours. In a mesh of thirty a daemon holds 12
// MiB instead of 16; one that knows ten thousand devices, 20 MiB less.
#pragma once

namespace grapevine::node {

/// Takes a millisecond; costs some hundred page faults in the next seconds. May be called at any time.
void give_back_what_is_idle();

}  // namespace grapevine::node
