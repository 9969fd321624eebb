// Verdicts as programs say them to the node.
#include "node/api_verdict.hpp"
#include "tests/crypto/sample.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::node;

namespace {

std::string at_fault(const std::string& body) {
  return parse_verdict(body).error().param;
}

}  // namespace

TEST_CASE("a verdict has a score, or one for each device, and perhaps the id of an answer") {
  const auto whole = *parse_verdict(R"({"score":0.5})");
  CHECK(whole.overall == 0.5);
  CHECK_FALSE(whole.query);
  const std::string id = to_base32(sample::filled<16>(7).view());
  const auto each = *parse_verdict(R"({"id":")" + id + R"(","scores":{"laptop":1,"pi":0}})");
  CHECK(each.query->value == sample::filled<16>(7));
  CHECK(each.scores.at("laptop") == 1);
  CHECK(each.scores.size() == 2);
}

TEST_CASE("a body that is no verdict names the field at fault") {
  CHECK(at_fault("good") == "score");
  CHECK(at_fault("{}") == "score");
  CHECK(at_fault(R"({"score":"good"})") == "score");
  CHECK(at_fault(R"({"id":"x","score":1})") == "id");
  CHECK(at_fault(R"({"scores":{"pi":"bad"}})") == "scores");
}
