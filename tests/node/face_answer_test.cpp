#include "node/api_answer.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::node;

namespace {

const NodeId laptop{Fixed<32>{{1}}};
const NodeId kitchen{Fixed<32>{{2}}};
const NodeNames names{{laptop, "laptop"}, {kitchen, "kitchen"}};
const AnswerHead head{
    .id = {Fixed<16>{{7}}}, .model = "grapevine", .created = WallTime(std::chrono::seconds(1'795'214'467))};

moa::Answered answer() {
  moa::Voice proposal{.node = kitchen,
                      .model = "llama3.2:3b",
                      .queued = 5ms,
                      .running = 120ms,
                      .elapsed = 130ms,
                      .tokens_in = 9,
                      .tokens_out = 4,
                      .text_hash = {},
                      .weight = 0.25,
                      .used = true};
  moa::Voice lost{.node = laptop,
                  .outcome = moa::Outcome::refused,
                  .text_hash = {},
                  .refusal = moa::Unwilling::lane_full};
  return {.text = "At noon.",
          .finish = moa::Finish::stop,
          .tokens_in = 9,
          .tokens_out = 4,
          .provenance = {.query = head.id,
                         .wanted = {1, 2},
                         .got = {1, 1},
                         .merge = moa::Merge::chosen,
                         .degraded = "laptop refused",
                         .elapsed = 1234567us,
                         .voices = {proposal, lost}}};
}

const std::string zeros(52, 'a');
const std::string golden =
    R"({"id":"a4aaaaaaaaaaaaaaaaaaaaaaaa","wanted":"m1k2","shape":"m1k1","merge":"chosen","degraded":"laptop refused",)"
    R"("elapsed_s":1.235,"reckoning":null,"voices":[{"node":"ai)" +
    std::string(50, 'a') +
    R"(","name":"kitchen","model":"llama3.2:3b",)"
    R"("stage":"propose","attempt":"planned","layer":0,"outcome":"answered","elapsed_s":0.13,"queued_s":0.005,"running_s":0.12,"tokens_in":9,)"
    R"("tokens_out":4,"text_hash":")" +
    zeros + R"(","refusal":null,"weight":0.25,"used":true},{"node":"ae)" + std::string(50, 'a') +
    R"(","name":"laptop","model":"","stage":"propose","attempt":"planned","layer":0,"outcome":"refused","elapsed_s":0.0,"queued_s":0.0,)"
    R"("running_s":0.0,"tokens_in":0,"tokens_out":0,"text_hash":")" +
    zeros + R"(","refusal":"lane_full","weight":null,"used":false}]})";
const std::string chunk_begin =
    R"(data: {"id":"chatcmpl-a4aaaaaaaaaaaaaaaaaaaaaaaa","object":"chat.completion.chunk","created":1795214467,"model":"grapevine","choices":)";

}  // namespace

TEST_CASE("provenance names who was asked, who answered and who is missing") {
  CHECK(provenance_json(answer().provenance, names) == golden);
}

TEST_CASE("where prices were asked for, an answer says what calls cost and what each plan was worth") {
  moa::Provenance bought = answer().provenance;
  bought.reckoning = {.bids = {{.node = bought.voices.front().node, .price = 1500ms, .quality = 2}},
                      .worths = {{{.shape = {1, 2}, .points = 24}, 17.25}},
                      .patience = 20s};
  CHECK(provenance_json(bought, names).find(R"("patience_s":20.0,"prices":[{"node":")") != std::string::npos);
  CHECK(provenance_json(bought, names).find(R"("name":"kitchen","price_s":1.5,"quality":2.0}])") !=
        std::string::npos);
  CHECK(provenance_json(bought, names)
            .find(R"("plans":[{"shape":"m1k2","merging":"choose","calls":3,"value_s":17.25}])") !=
        std::string::npos);
}

TEST_CASE("headers say it shortly") {
  const auto headers = provenance_headers(answer().provenance, names);
  CHECK(headers ==
        std::vector<std::pair<std::string, std::string>>{{"X-Grapevine-Id", "a4aaaaaaaaaaaaaaaaaaaaaaaa"},
                                                         {"X-Grapevine-Shape", "m1k1"},
                                                         {"X-Grapevine-Nodes", "kitchen"},
                                                         {"X-Grapevine-Degraded", "laptop refused"}});
}

TEST_CASE("a header cannot be split by what a device says") {
  auto provenance = answer().provenance;
  provenance.degraded = "a\r\nSet-Cookie: b";
  for (const auto& [name, value] : provenance_headers(provenance, names))
    CHECK(value.find_first_of("\r\n") == std::string::npos);
}

TEST_CASE("a whole answer is one chat.completion") {
  CHECK(
      completion(head, answer(), names).body ==
      R"({"id":"chatcmpl-a4aaaaaaaaaaaaaaaaaaaaaaaa","object":"chat.completion","created":1795214467,"model":"grapevine",)"
      R"("choices":[{"index":0,"message":{"role":"assistant","content":"At noon."},"logprobs":null,"finish_reason":"stop"}],)"
      R"("usage":{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13},"grapevine":)" +
          golden + "}");
}

TEST_CASE("a stream opens with the role, keeps alive with comments") {
  AnswerStream stream(head, AnswerStream::Usage::omitted);
  CHECK(stream.opening() ==
        chunk_begin + R"([{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]})" +
            "\n\n");
  CHECK(AnswerStream::comment({.layer = 1, .answered = 2, .asked = 3}) == ": asking 2 of 3\n\n");
}

TEST_CASE("pieces are content chunks, the ending says the reason and where it came from") {
  AnswerStream stream(head, AnswerStream::Usage::omitted);
  CHECK(stream.piece("At noon.") ==
        chunk_begin + R"([{"index":0,"delta":{"content":"At noon."},"finish_reason":null}]})" + "\n\n");
  CHECK(stream.ending(answer(), names) ==
        chunk_begin + R"([{"index":0,"delta":{},"finish_reason":"stop"}],"grapevine":)" + golden +
            "}\n\ndata: [DONE]\n\n");
}

TEST_CASE("what no piece has said is said by the ending") {
  AnswerStream stream(head, AnswerStream::Usage::omitted);
  (void)stream.piece("At ");
  CHECK(stream.ending(answer(), names)
            .starts_with(chunk_begin + R"([{"index":0,"delta":{"content":"noon."},"finish_reason":null}]})"));
}

TEST_CASE("usage comes in its own chunk, when wished") {
  AnswerStream stream(head, AnswerStream::Usage::included);
  const auto ending = stream.ending(answer(), names);
  CHECK(ending.ends_with(chunk_begin +
                         R"([],"usage":{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13}})" +
                         "\n\ndata: [DONE]\n\n"));
}

TEST_CASE("an error after the first byte is one event") {
  CHECK(
      AnswerStream::failure(bad_request("", "no")) ==
      "data: "
      "{\"error\":{\"message\":\"no\",\"type\":\"invalid_request_error\",\"param\":null,\"code\":null}}\n\n");
}

TEST_CASE("an answer cut by its length or its time says length") {
  auto cut = answer();
  cut.finish = moa::Finish::deadline;
  CHECK(completion(head, cut, names).body.find(R"("finish_reason":"length")") != std::string::npos);
}
