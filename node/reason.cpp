#include "node/reason.hpp"

namespace grapevine::node {

std::string reason(const gossip::MemberView& member, const std::string& accuser) {
  const std::string incarnation = ", incarnation " + std::to_string(member.incarnation);
  if (!member.evidence) {
    const bool is_here = member.status == gossip::Status::alive && !member.contact.empty();
    return "its own word" + incarnation + (is_here ? ", at " + std::string(member.contact) : "");
  }
  const std::string more = member.accusers > 1 ? " and " + std::to_string(member.accusers - 1) + " more" : "";
  return std::string(gossip::name(*member.evidence)) + ", says " + accuser + more + incarnation;
}

}  // namespace grapevine::node
