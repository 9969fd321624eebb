// How a newcomer asks to be let in: every address of the invite is tried at once, over CURVE to the join key
// the invite names, so whoever answers holds that key. What the answer says is checked by the caller
// (home.hpp, Joining).
#pragma once

#include "crypto/invite.hpp"

namespace grapevine::node {

/// The first answer of any address. refused: the invite is unknown, spent or has ended, the inviter does not
/// say which; unavailable: nobody answered in time, names the addresses; malformed: what answered speaks
/// something else.
Result<JoinGranted> knock(const Invite& invite, const JoinRequest& request, const TransportPair& own,
                          Duration patience);

}  // namespace grapevine::node
