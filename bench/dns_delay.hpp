// How soon DNS says what has changed: on the device that changed, from the commit of its record on; and on
// every device of a living mesh of sixteen, from the moment a person's program asks for the change.
#pragma once

#include "bench/figures.hpp"

namespace grapevine::bench {

/// dns.own_update_p99: an own record, a store on disk and the DNS server, in this process.
void measure_own_update(Figures& figures);
/// dns.far_update_p99 and the median: sixteen daemons.
void measure_far_update(Figures& figures);

}  // namespace grapevine::bench
