#include "dns/poll.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::dns;

namespace {

constexpr Term monday = 100 * terms_an_epoch;          // the first term of an epoch
constexpr Term evening = monday + terms_an_epoch - 1;  // its last
constexpr Quorum of_four{.jurors = 4};

NodeId node(unsigned char n) {
  NodeId made;
  made.value.bytes[0] = n;
  return made;
}
const NodeId anna = node(1), bert = node(2), carl = node(3);

Claimant claimant(const NodeId& by) {
  return {.node = by, .lot = {}};
}

/// One vote for each of these claims, by voters 10, 11, ...
Round round(Term term, const std::vector<NodeId>& claims) {
  Round made{.term = term, .quorum = of_four};
  for (std::size_t i = 0; i < claims.size(); ++i)
    made.ballots.push_back({.voter = node(static_cast<unsigned char>(10 + i)),
                            .choice = {.claim = claims[i], .term = term, .since = term}});
  return made;
}

Choice certified(const NodeId& claim, Term term, Term since) {
  return {.claim = claim, .term = term, .since = since};
}

const Poll race{.claimants = {claimant(bert), claimant(anna)}};

}  // namespace

TEST_CASE("the first vote goes to the claim heard first") {
  CHECK(vote(race, {}, monday) == certified(bert, monday, monday));
  CHECK_FALSE(vote(Poll{}, {}, monday));
}

TEST_CASE("later votes go to the claim with most votes in one term") {
  Poll poll = race;
  poll.rounds = {round(monday, {anna, anna, bert})};
  CHECK(vote(poll, {}, monday + 1)->claim == anna);
  poll.rounds = {round(monday, {anna}), round(monday + 1, {bert, bert}), round(monday + 2, {anna})};
  CHECK(vote(poll, {}, monday + 3)->claim == bert);
}

TEST_CASE("equal votes are decided by lot") {
  Poll poll = race;
  poll.rounds = {round(monday, {anna, bert})};
  poll.claimants[0].lot.bytes[0] = 1;
  CHECK(favourite(poll) == anna);
  poll.claimants[1].lot.bytes[0] = 2;
  CHECK(favourite(poll) == bert);
}

TEST_CASE("after an epoch the votes of its last term come before those of any other") {
  Poll poll = race;
  poll.rounds = {round(evening - 1, {bert, bert, bert}), round(evening, {anna, anna, bert})};
  CHECK(favourite(poll) == anna);
  poll.rounds = {round(evening - 2, {bert, bert, bert}), round(evening - 1, {anna, anna, bert})};
  CHECK(favourite(poll) == bert);
}

TEST_CASE("a voter speaks once a term, also when its clock goes back") {
  const auto said = vote(race, {}, monday);
  CHECK_FALSE(vote(race, said, monday));
  CHECK_FALSE(vote(race, said, monday - 5));
  CHECK(vote(race, said, monday + 1));
}

TEST_CASE("a voter is bound by its last vote until a quorum voted otherwise in that very term") {
  Poll poll = race;
  const auto last = certified(anna, monday, monday);
  poll.rounds = {round(monday, {anna, bert, bert})};
  CHECK(vote(poll, last, monday + 1)->claim == anna);
  poll.rounds = {round(monday, {anna}), round(monday + 1, {bert, bert, bert})};
  CHECK(vote(poll, last, monday + 2)->claim == anna);
  poll.rounds = {round(monday, {bert, bert, bert, anna})};
  CHECK(vote(poll, last, monday + 1)->claim == bert);
}

TEST_CASE("one liar with two votes counts once against a lock") {
  Poll poll = race;
  poll.rounds = {round(monday, {bert, bert})};
  poll.rounds[0].ballots.push_back({.voter = node(10), .choice = certified(carl, monday, monday)});
  CHECK(locked_on(poll, certified(anna, monday, monday)) == anna);
}

TEST_CASE("a voter is free when its claim is gone") {
  CHECK(vote(race, certified(carl, monday, monday), monday + 1)->claim == bert);
}

TEST_CASE("two claims with more votes than liars can have at an epoch's end leave the name to nobody") {
  Poll poll = race;
  poll.rounds = {round(evening, {anna, anna, bert, bert})};
  CHECK(is_contested(poll, evening));
  CHECK_FALSE(vote(poll, {}, evening + 1));
  CHECK_FALSE(is_contested(poll, evening + certificate_life));
  poll.rounds = {round(evening - 1, {anna, anna, bert, bert})};
  CHECK_FALSE(is_contested(poll, evening));
  poll.rounds = {round(evening, {anna, anna, bert})};
  CHECK_FALSE(is_contested(poll, evening));
  poll.rounds = {round(evening, {anna, anna, bert, bert})};
  poll.titles = {certified(anna, evening, evening)};
  CHECK_FALSE(is_contested(poll, evening));
}

TEST_CASE("a certified name is voted for again in the second half of its life, and since stays") {
  Poll poll = race;
  poll.titles = {certified(anna, monday, monday)};
  CHECK_FALSE(vote(poll, {}, monday + certificate_renewal - 1));
  CHECK(vote(poll, {}, monday + certificate_renewal) ==
        certified(anna, monday + certificate_renewal, monday));
  poll.claimants = {claimant(bert)};
  CHECK_FALSE(vote(poll, {}, monday + certificate_renewal));
}

TEST_CASE("a lapsed name is its former holder's for a day and then free") {
  Poll poll = race;
  poll.titles = {certified(anna, monday, monday)};
  const Term lapsed = monday + certificate_life;
  CHECK_FALSE(is_in_force(poll.titles.front(), lapsed));
  CHECK(vote(poll, {}, lapsed + certificate_grace - 1)->claim == anna);
  CHECK(vote(poll, {}, lapsed + certificate_grace)->claim == bert);
}

TEST_CASE("an earlier since counts only beside the certificate it renews") {
  const auto renewed = certified(anna, monday + certificate_renewal, monday);
  Poll poll = race;
  poll.titles = {renewed};
  CHECK_FALSE(title_of(poll, renewed.term));
  poll.titles = {renewed, certified(anna, monday, monday)};
  CHECK(title_of(poll, renewed.term) == renewed);
  for (const auto& unfit : {certified(bert, monday, monday), certified(anna, monday + 1, monday + 1),
                            certified(anna, monday + 1, monday)}) {
    poll.titles = {renewed, unfit};
    CHECK_FALSE(is_rooted(poll, renewed));
  }
}

TEST_CASE("of two certified claims the older holds the name") {
  Poll poll = race;
  poll.titles = {certified(bert, monday + 1, monday + 1), certified(anna, monday + 2, monday + 2)};
  CHECK(title_of(poll, monday + 3)->claim == bert);
}

TEST_CASE("a quorum of different voters makes a certificate") {
  CHECK_FALSE(agreed(round(monday, {anna, anna, bert})));
  CHECK(agreed(round(monday, {anna, anna, bert, anna})) == certified(anna, monday, monday));
  Round repeated = round(monday, {anna, anna});
  repeated.ballots.push_back(repeated.ballots.front());
  CHECK_FALSE(agreed(repeated));
  Round nobodys = round(monday, {anna});
  nobodys.quorum = {};
  CHECK_FALSE(agreed(nobodys));
}
