#include "node/reason.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::node;

TEST_CASE("that a member is here, or has left, is its own word") {
  gossip::MemberView member{.incarnation = 4, .contact = gossip::Contact("10.0.0.7:4781")};
  CHECK(reason(member, "") == "its own word, incarnation 4, at 10.0.0.7:4781");
  member.status = gossip::Status::left;
  CHECK(reason(member, "") == "its own word, incarnation 4");
}

TEST_CASE("that a member is gone is the word of accusers, with their evidence") {
  gossip::MemberView member{.status = gossip::Status::suspect,
                            .incarnation = 2,
                            .evidence = gossip::Evidence::silent,
                            .accuser = NodeId{},
                            .accusers = 1};
  CHECK(reason(member, "pi-4") == "silent, says pi-4, incarnation 2");
  member.status = gossip::Status::dead;
  member.evidence = gossip::Evidence::refused;
  member.accusers = 3;
  CHECK(reason(member, "pi-4") == "refused, says pi-4 and 2 more, incarnation 2");
}
