// What a process that will run for months gives back once it stands: heap that only starting needed, and the
// pages of code it ran through once (half of them the start of libraries: libcrypto's alone is 3 MiB). Code
// is not lost by that: the kernel maps a page again from its cache when somebody comes by, and what is never
// run again no longer counts as ours. In a mesh of thirty a daemon holds 10 MiB instead of 16.
#pragma once

namespace grapevine::node {

/// Takes a millisecond; costs some hundred page faults in the next seconds. May be called at any time.
void give_back_what_starting_needed();

}  // namespace grapevine::node
