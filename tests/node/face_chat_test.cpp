#include "node/api_chat.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::node;

namespace {

const NodeId laptop{Fixed<32>{{1}}};
const NodeId kitchen{Fixed<32>{{2}}};

const Catalogue shelf{.self = laptop,
                      .self_name = "laptop",
                      .offers = {{"qwen2.5:7b", laptop, {"laptop"}}, {"llama3.2:3b", kitchen, {"kitchen"}}},
                      .changed = {"robot"}};

/// "STATUS param" of a refusal; empty when the body is understood.
std::string refusal(const std::string& body) {
  const auto parsed = parse_chat(body);
  return parsed ? "" : std::to_string(parsed.error().status) + " " + parsed.error().param;
}

/// A request with one question and more fields.
std::string with(const std::string& fields) {
  return R"({"model":"grapevine","messages":[{"role":"user","content":"why?"}])" +
         (fields.empty() ? "" : "," + fields) + "}";
}
ChatRequest understood(const std::string& body) {
  const auto parsed = parse_chat(body);
  REQUIRE(parsed.has_value());
  return *parsed;
}

Result<moa::Ask, ApiError> planned(const std::string& model, const std::string& fields = "",
                                   const ChatRules& rules = {}) {
  auto request = understood(with(fields));
  request.model = model;
  return plan_chat(request, shelf, rules, {});
}
moa::Ask ask(const std::string& model, const std::string& fields = "") {
  return *planned(model, fields);
}

}  // namespace

TEST_CASE("a body that is no JSON object is refused") {
  CHECK(refusal("") == "400 ");
  CHECK(refusal("{") == "400 ");
  CHECK(refusal("[]") == "400 ");
  CHECK(refusal(with("") + "x") == "400 ");
  CHECK(refusal("{\"model\":\"grapevine\",\"messages\":[{\"role\":\"user\",\"content\":\"\xff\"}]}") ==
        "400 ");
  CHECK(refusal(std::string(5000, '[')) == "400 ");
}

TEST_CASE("a missing or ill-typed field is named") {
  CHECK(refusal(R"({"messages":[]})") == "400 model");
  CHECK(refusal(R"({"model":7,"messages":[]})") == "400 model");
  CHECK(refusal(R"({"model":"grapevine"})") == "400 messages");
  CHECK(refusal(R"({"model":"grapevine","messages":[]})") == "400 messages");
  CHECK(refusal(R"({"model":"grapevine","messages":"hi"})") == "400 messages");
  CHECK(refusal(R"({"model":"grapevine","messages":["hi"]})") == "400 messages[0]");
  CHECK(refusal(R"({"model":"grapevine","messages":[{"role":"wizard","content":"x"}]})") ==
        "400 messages[0].role");
  CHECK(refusal(R"({"model":"grapevine","messages":[{"role":"user"}]})") == "400 messages[0].content");
  CHECK(refusal(R"({"model":"grapevine","messages":[{"role":"user","content":5}]})") ==
        "400 messages[0].content");
}

TEST_CASE("there must be something to answer, and it must be the user's") {
  CHECK(refusal(R"({"model":"grapevine","messages":[{"role":"user","content":" \n"}]})") == "400 messages");
  CHECK(
      refusal(
          R"({"model":"grapevine","messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]})") ==
      "400 messages");
}

TEST_CASE("a prompt over the cap is 413, one at the cap is not") {
  const auto prompt = [](std::size_t bytes) {
    return R"({"model":"grapevine","messages":[{"role":"user","content":")" + std::string(bytes, 'a') +
           R"("}]})";
  };
  CHECK(refusal(prompt(moa::prompt_bytes_max)) == "");
  CHECK(refusal(prompt(moa::prompt_bytes_max + 1)) == "413 messages");
}

TEST_CASE("messages together count against the cap") {
  std::string body = R"({"model":"grapevine","messages":[)";
  for (int i = 0; i < 3; ++i) body += R"({"role":"user","content":")" + std::string(60'000, 'a') + "\"},";
  CHECK(refusal(body + R"({"role":"user","content":"b"}]})") == "413 messages");
}

TEST_CASE("as many messages are taken as a question may have turns") {
  const auto talk = [](std::size_t turns) {
    std::string body = R"({"model":"grapevine","messages":[)";
    for (std::size_t i = 1; i < turns; ++i) body += R"({"role":"user","content":"a"},)";
    return body + R"({"role":"user","content":"b"}]})";
  };
  CHECK(refusal(talk(moa::turns_max)) == "");
  CHECK(refusal(talk(moa::turns_max + 1)) == "400 messages");
}

TEST_CASE("no answer is asked for that is longer than answers can be") {
  CHECK(understood(with(R"("max_tokens":1000000)")).sampling.tokens_max * 4 == moa::proposal_bytes_max);
}

TEST_CASE("sampling is read in its ranges") {
  const auto request = understood(with(R"("temperature":0.25,"max_tokens":50,"seed":7)"));
  CHECK(request.sampling.temperature_milli == 250);
  CHECK(request.sampling.tokens_max == 50);
  CHECK(request.sampling.seed == 7);
  CHECK(understood(with(R"("max_tokens":50,"max_completion_tokens":60)")).sampling.tokens_max == 60);
  CHECK(understood(with(R"("temperature":null,"max_tokens":null)")).sampling.tokens_max ==
        moa::Sampling{}.tokens_max);
  CHECK(refusal(with(R"("temperature":2.5)")) == "400 temperature");
  CHECK(refusal(with(R"("temperature":"hot")")) == "400 temperature");
  CHECK(refusal(with(R"("max_tokens":0)")) == "400 max_tokens");
  CHECK(refusal(with(R"("max_completion_tokens":-1)")) == "400 max_completion_tokens");
  CHECK(refusal(with(R"("seed":1.5)")) == "400 seed");
}

TEST_CASE("streaming and its usage are wishes") {
  CHECK(understood(with("")).delivery == Delivery::whole);
  const auto request = understood(with(R"("stream":true,"stream_options":{"include_usage":true})"));
  CHECK(request.delivery == Delivery::streamed);
  CHECK(request.include_usage);
  CHECK(refusal(with(R"("stream":"yes")")) == "400 stream");
  CHECK(refusal(with(R"("stream_options":true)")) == "400 stream_options");
}

TEST_CASE("what would change the answer and cannot be done is refused by name") {
  CHECK(refusal(with(R"("n":2)")) == "400 n");
  CHECK(refusal(with(R"("n":1)")) == "");
  CHECK(refusal(with(R"("logprobs":true)")) == "400 logprobs");
  CHECK(refusal(with(R"("tools":[{"type":"function"}])")) == "400 tools");
  CHECK(refusal(with(R"("tools":[])")) == "");
  CHECK(refusal(with(R"("response_format":{"type":"json_object"})")) == "400 response_format");
  CHECK(refusal(with(R"("response_format":{"type":"text"})")) == "");
  CHECK(refusal(with(R"("response_format":{"type":7})")) == "400 response_format");
}

TEST_CASE("unknown fields are never an error") {
  CHECK(refusal(with(R"("user":"a","store":true,"whatever":{"x":[1]})")) == "");
}

TEST_CASE("content may come in parts of text, and of nothing else") {
  const auto request = understood(
      R"({"model":"local","messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]})");
  CHECK(request.turns.back().text == "ab");
  CHECK(
      refusal(
          R"({"model":"local","messages":[{"role":"user","content":[{"type":"image_url","image_url":{}}]}]})") ==
      "400 messages[0].content");
}

TEST_CASE("our own wishes are read in their ranges") {
  const auto request =
      understood(with(R"("grapevine":{"layers":1,"proposers":2,"scope":"mesh","deadline_s":1.5})"));
  CHECK(*request.layers == 1);
  CHECK(*request.proposers == 2);
  CHECK(*request.scope == moa::Scope::mesh);
  CHECK(request.deadline == 1500ms);
  CHECK(refusal(with(R"("grapevine":7)")) == "400 grapevine");
  CHECK(refusal(with(R"("grapevine":{"layers":4})")) == "400 grapevine.layers");
  CHECK(refusal(with(R"("grapevine":{"scope":"world"})")) == "400 grapevine.scope");
  CHECK(refusal(with(R"("grapevine":{"deadline_s":0})")) == "400 grapevine.deadline_s");
  CHECK(refusal(with(R"("grapevine":{"deadline_s":601})")) == "400 grapevine.deadline_s");
}

TEST_CASE("grapevine leaves the shape and takes the configured scope") {
  CHECK_FALSE(ask("grapevine").shape.has_value());
  CHECK(ask("grapevine").scope == moa::Scope::group);
  CHECK_FALSE(ask("grapevine:latest").shape.has_value());
}

TEST_CASE("a shape in the name, or in our fields, is the shape") {
  CHECK(ask("grapevine:m1k2").shape == moa::Shape{1, 2});
  CHECK(ask("grapevine", R"("grapevine":{"proposers":5})").shape == moa::Shape{1, 5});
  CHECK(ask("grapevine", R"("grapevine":{"layers":0})").shape == moa::Shape{0, 3});
}

TEST_CASE("a shape above what this device allows is 400 with the key to raise") {
  const auto plan = planned("grapevine:m2k2");
  REQUIRE_FALSE(plan.has_value());
  CHECK(plan.error().status == 400);
  CHECK(plan.error().message.find("moa.layers_max") != std::string::npos);
  CHECK_FALSE(planned("grapevine:m1k9").has_value());
  CHECK_FALSE(planned("grapevine:k2m1").has_value());
  ChatRules generous;
  generous.moa.layers_max = 2;
  CHECK(planned("grapevine:m2k2", "", generous).has_value());
}

TEST_CASE("nobody is told to raise a key above what it can hold") {
  CHECK(refusal(with(R"("grapevine":{"proposers":8})")) == "400 grapevine.proposers");
  ChatRules generous;
  generous.moa.proposers_max = proposers_most;
  CHECK(planned("grapevine:m1k7", "", generous).has_value());
  const auto plan = planned("grapevine:m1k8", "", generous);
  REQUIRE_FALSE(plan.has_value());
  CHECK(plan.error().message == "this device allows 7 proposers; none can allow more than 7");
}

TEST_CASE("local and own models stay on this device, whatever is wished") {
  for (const char* model : {"local", "qwen2.5:7b", "qwen2.5:7b@laptop"}) {
    const auto own = ask(model, R"("grapevine":{"scope":"mesh","proposers":3})");
    CHECK(own.scope == moa::Scope::local);
    CHECK(own.shape == moa::Shape{0, 0});
    CHECK_FALSE(own.only.has_value());
  }
}

TEST_CASE("a model at a device goes to that device alone, by name or id") {
  for (const auto& node : {std::string("kitchen"), to_string(kitchen), short_name(kitchen)}) {
    const auto there = ask("llama3.2:3b@" + node);
    CHECK(*there.only == kitchen);
    CHECK(there.shape == moa::Shape{0, 0});
  }
}

TEST_CASE("a question to a name that has changed is refused, however the name is spelt") {
  for (const char* model : {"llama3.2:3b@robot", "llama3.2:3b@r0bot", "gpt-4@robot"}) {
    const auto plan = planned(model);
    REQUIRE_MESSAGE(!plan.has_value(), model);
    CHECK(plan.error().status == 403);
    CHECK(plan.error().code == "pin_changed");
  }
}

TEST_CASE("a question carries its words as an index of documents spells them") {
  auto request = understood(with(""));
  request.turns.back().text.assign("When were the boilers serviced?");
  const auto planned = plan_chat(request, shelf, {}, {});
  CHECK(planned->terms == std::vector<std::string>{"boiler", "servic"});
}

TEST_CASE("an unknown model is 404 with the list") {
  for (const char* model : {"gpt-4", "llama3.2:3b", "llama3.2:3b@attic", "qwen2.5:7b@kitchen", "", "@"}) {
    const auto plan = planned(model);
    REQUIRE_MESSAGE(!plan.has_value(), model);
    CHECK(plan.error().status == 404);
    CHECK(plan.error().message.find("grapevine, local, qwen2.5:7b, qwen2.5:7b@laptop, llama3.2:3b@kitchen") !=
          std::string::npos);
  }
}
