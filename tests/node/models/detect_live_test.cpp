// Which server a node takes when nobody told it, and what becomes of configurations that name one.
#include "node/models/models.hpp"
#include "tests/live/stubs/stub_process.hpp"
#include "tests/node/models/asked.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::node;
using stub::StubProcess;

TEST_CASE("the first server that lists a model is taken, in the order asked") {
  const StubProcess refusing({"--mode", "refuse", "--protocol", "ollama"});
  const StubProcess empty({"--mode", "empty"});
  const StubProcess good({"--mode", "ok"});
  const StubProcess later({"--mode", "ok", "--protocol", "ollama"});
  const auto found = find_server({{.protocol = Protocol::ollama, .url = refusing.url()},
                                  {.protocol = Protocol::openai, .url = empty.url() + "/v1"},
                                  {.protocol = Protocol::openai, .url = good.url() + "/v1"},
                                  {.protocol = Protocol::ollama, .url = later.url()}});
  REQUIRE(found);
  CHECK(found->server.url == good.url() + "/v1");
  CHECK(found->model == "stub-llama-1b");
}

TEST_CASE("servers that hang cost the search its patience once, not each") {
  const StubProcess process({"--mode", "hang"});
  const std::vector<Candidate> hanging(5, {.protocol = Protocol::openai, .url = process.url() + "/v1"});
  const auto start = std::chrono::steady_clock::now();
  CHECK_FALSE(find_server(hanging));
  CHECK(std::chrono::steady_clock::now() - start < 1s);  // one after the other: 1.5 s
}

TEST_CASE("a server that was found answers under the model it lists") {
  const StubProcess process({"--protocol", "ollama", "--answer", "Found."});
  const auto made = find_model({}, {{.protocol = Protocol::ollama, .url = process.url()}});
  REQUIRE(made);
  CHECK(made->model->profile().model == "stub-qwen:1b");
  CHECK(made->model->profile().family == "qwen");
  CHECK(test::answer(*made->model, "?")->text == "Found.");
}

TEST_CASE("a url with and without /v1 means the same server") {
  const StubProcess process({"--answer", "Here."});
  for (const auto* path : {"", "/", "/v1", "/v1/"}) {
    const auto made = make_model({.kind = "openai", .url = process.url() + path});
    REQUIRE(made);
    CHECK(test::answer(*made->model, "?")->text == "Here.");
  }
}

TEST_CASE("a configured server that is down is no obstacle if its model is named") {
  const StubProcess process({"--mode", "refuse"});
  CHECK(make_model({.kind = "openai", .url = process.url()}).error().code == Code::unavailable);
  const auto made = make_model({.kind = "openai", .url = process.url(), .name = "qwen3:8b"});
  REQUIRE(made);
  for (int i = 0; i < 4; ++i) CHECK(test::answer(*made->model, "?").error().code == Code::unavailable);
}

TEST_CASE("a key that others may read is refused") {
  const test::Folder folder;
  const auto file = folder.write("key", "sk-1\n");
  const ModelConfig config{.kind = "openai", .url = "http://127.0.0.1:9", .name = "x", .key_file = file};
  std::filesystem::permissions(file, std::filesystem::perms(0640));
  CHECK(make_model(config).error().code == Code::refused);
  std::filesystem::permissions(file, std::filesystem::perms(0600));
  CHECK(make_model(config));
}

TEST_CASE("a url that is none and a key that is missing are told apart") {
  for (const auto* url :
       {"", "127.0.0.1:8080", "ftp://x", "http://", "http://me:secret@host", "http://host/?a"})
    CHECK(make_model({.kind = "ollama", .url = url, .name = "x"}).error().code == Code::malformed);
  CHECK(make_model({.kind = "ollama", .url = "http://host", .name = "x", .key_file = "/none"}).error().code ==
        Code::storage);
  CHECK(make_model({.kind = "llama"}).error().code == Code::malformed);
}
