// Who decides about a name. The electorate of an epoch are the nodes that were members two days before, so
// that the records that say so have reached everybody; at most two of one inviter's guests, so that whoever
// may invite cannot fill it (an admin's guests all count: it could also revoke whom it likes). Out of it each
// name draws a jury by rendezvous hashing (Thaler and Ravishankar, 1998), another one each day: w = 4, 7 or
// 10 nodes of which f = (w-1)/3 may lie, and q = w - f must agree (the bounds of Byzantine quorums, Malkhi
// and Reiter, 1998). Under four electors there is no jury and every name stays provisional. A device that is
// retired or suspended keeps its seat, for neither word has a date that others could trust, and says nothing
// from it: it is one of the f until its certificate ends or an admin revokes it, which has a date.
#pragma once

#include "dns/name.hpp"
#include "dns/term.hpp"

#include <vector>

namespace grapevine::dns {

inline constexpr std::size_t jurors_min = 4;
inline constexpr std::size_t jurors_max = 10;
inline constexpr std::size_t electors_an_inviter = 2;
inline constexpr Epoch probation = 2;

struct Quorum {
  std::size_t jurors = 0;  // w; none when the electorate is too small
  constexpr std::size_t liars() const { return jurors == 0 ? 0 : (jurors - 1) / 3; }
  constexpr std::size_t needed() const { return jurors - liars(); }
};

/// The largest of 4, 7, 10 an electorate can fill.
Quorum quorum_of(std::size_t electors);

/// A member as the vote rule sees it.
struct Elector {
  NodeId node;
  NodeId inviter;  // whose share it takes; zero: nobody's
  WallTime since;  // its admission
  WallTime until;
  enum class Admission : std::uint8_t { by_root, by_member } admission = Admission::by_member;
};

/// Who may be drawn in an epoch, ascending. Those the root itself admitted count from their first epoch, or a
/// new mesh would have no voters; of an inviter's guests the two that came first.
std::vector<NodeId> electorate(std::vector<Elector> members, Epoch epoch);

/// W(s, e): the jury of a name, ascending; empty when there is none.
std::vector<NodeId> jury(const Skeleton& skeleton, const MeshId& mesh, Epoch epoch,
                         const std::vector<NodeId>& electorate);

}  // namespace grapevine::dns
