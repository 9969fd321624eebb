// What `grapevine ask --why` tells.
#include "node/api_answer.hpp"
#include "node/cli/why.hpp"

#include <algorithm>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace grapevine;
using namespace grapevine::node;

namespace {

const NodeId laptop{Fixed<32>{{1}}};
const NodeId kitchen{Fixed<32>{{2}}};
const NodeNames names{{laptop, "laptop"}, {kitchen, "kitchen"}};

/// Two were asked, one was full, and its place was taken by the other.
moa::Provenance two_calls() {
  moa::Voice full{.node = laptop,
                  .outcome = moa::Outcome::refused,
                  .text_hash = {},
                  .refusal = moa::Unwilling::share_used_up};
  moa::Voice used{.node = kitchen,
                  .attempt = moa::Attempt::instead,
                  .model = "llama",
                  .queued = 40ms,
                  .elapsed = 1300ms,
                  .tokens_out = 4,
                  .text_hash = {},
                  .weight = 0.25,
                  .used = true};
  return {
      .reckoning = {.bids = {{.node = kitchen, .price = 1500ms}},
                    .worths = {{{.shape = {0, 0}}, 3}, {{.shape = {1, 2}}, 17.25}, {{.shape = {1, 3}}, -1}},
                    .patience = 20s},
      .wanted = {1, 2},
      .got = {1, 1},
      .merge = moa::Merge::chosen,
      .degraded = "laptop refused",
      .elapsed = 1400ms,
      .voices = {full, used}};
}

std::string told(const moa::Provenance& provenance) {
  return cli::why(nlohmann::ordered_json::parse(provenance_json(provenance, names)));
}

bool says(const moa::Provenance& provenance, const std::string& words) {
  return told(provenance).find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("why tells of each call who was asked, why, and what came of it") {
  CHECK(says(two_calls(),
             "laptop   -      proposed  0      planned                 refused: we have our share"));
  CHECK(says(two_calls(), "for one that could not  answered"));
  CHECK(says(two_calls(), "1.3 s  40 ms   4       0.25    yes"));
}

TEST_CASE("why tells which plan was wanted, which it became, and how the proposals were merged") {
  CHECK(says(two_calls(), "plan    m1k1 of the m1k2 that was wanted: laptop refused\n"));
  CHECK(says(two_calls(), "merged  without a model: one of the answers as it is"));
}

TEST_CASE("why tells what calls cost, which plan was chosen for that, and which were too dear") {
  CHECK(says(two_calls(), "kitchen  1.5 s"));
  CHECK(says(two_calls(), "m1k2  choosing   3      17.25 s           chosen\n"));
  CHECK(says(two_calls(), "m1k3  choosing   4      -1.00 s           too dear\n"));
  CHECK(says(two_calls(), "no call dearer than 20.0 s"));
}

TEST_CASE("why says nothing of prices where none were asked for") {
  auto provenance = two_calls();
  provenance.reckoning = {};
  CHECK_FALSE(says(provenance, "PRICE"));
}

TEST_CASE("nothing that others call themselves or their models steers the terminal") {
  auto provenance = two_calls();
  provenance.voices[1].model = "\x1b]52;c;aGk=\a\xc2\x9b";
  provenance.degraded = "lap\x1b[2Jtop\nrefused";
  const NodeNames hostile{{laptop, "lap\rtop"}, {kitchen, "kit\nchen"}};
  const auto text = cli::why(nlohmann::ordered_json::parse(provenance_json(provenance, hostile)));
  CHECK(std::all_of(text.begin(), text.end(), [](char c) { return c == '\n' || c >= ' '; }));
  CHECK(text.find("kit chen") != std::string::npos);
  CHECK(text.find("lap [2Jtop refused") != std::string::npos);
}
