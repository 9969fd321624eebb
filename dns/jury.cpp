#include "dns/jury.hpp"

#include "crypto/draw.hpp"

#include <algorithm>
#include <map>

namespace grapevine::dns {

namespace {

bool is_eligible(const Elector& member, Epoch epoch) {
  const Epoch from = epoch_of(term_of(member.since));
  const bool proven = member.admission == Elector::Admission::by_root || from + probation <= epoch;
  return from <= epoch && proven && begin_of(epoch * terms_an_epoch) < member.until;
}

}  // namespace

Quorum quorum_of(std::size_t electors) {
  if (electors < jurors_min) return {};
  return {.jurors = std::min(jurors_max, (electors - 1) / 3 * 3 + 1)};
}

std::vector<NodeId> electorate(std::vector<Elector> members, Epoch epoch) {
  std::erase_if(members, [epoch](const Elector& member) { return !is_eligible(member, epoch); });
  std::sort(members.begin(), members.end(), [](const Elector& a, const Elector& b) {
    return std::tie(a.since, a.node) < std::tie(b.since, b.node);
  });
  std::map<NodeId, std::size_t> guests;
  std::vector<NodeId> electors;
  for (const Elector& member : members) {
    if (member.inviter == NodeId{} || guests[member.inviter]++ < electors_an_inviter)
      electors.push_back(member.node);
  }
  std::sort(electors.begin(), electors.end());
  return electors;
}

std::vector<NodeId> jury(const Skeleton& skeleton, const MeshId& mesh, Epoch epoch,
                         const std::vector<NodeId>& electorate) {
  std::array<std::uint8_t, 4> day{};
  for (std::size_t i = 0; i < day.size(); ++i) day[i] = static_cast<std::uint8_t>(epoch >> (24 - 8 * i));
  const auto of = hash<16>(purpose::jury, {mesh.value.view(), day, view(skeleton.value)});
  std::vector<std::pair<std::uint64_t, NodeId>> drawn;
  drawn.reserve(electorate.size());
  for (const NodeId& node : electorate) drawn.emplace_back(draw(of, node.value.view()), node);
  const auto seats = static_cast<std::ptrdiff_t>(quorum_of(electorate.size()).jurors);
  std::partial_sort(drawn.begin(), drawn.begin() + seats, drawn.end(), std::greater<>());
  std::vector<NodeId> jurors;
  for (auto at = drawn.begin(); at != drawn.begin() + seats; ++at) jurors.push_back(at->second);
  std::sort(jurors.begin(), jurors.end());
  return jurors;
}

}  // namespace grapevine::dns
