#include "node/models/family.hpp"

#include <doctest/doctest.h>

using grapevine::node::family_of;

TEST_CASE("a model's name tells its family") {
  CHECK(family_of("meta-llama/Llama-3.2-3B-Instruct") == "llama");
  CHECK(family_of("FuseChat-Gemma-2-9B-Instruct") == "gemma");
  CHECK(family_of("qwen2.5:7b-instruct-q4_K_M") == "qwen");
  CHECK(family_of("mixtral:8x7b") == "mistral");
  CHECK(family_of("phi4") == "phi");
  CHECK(family_of("CodeLlama-7b") == "llama");
}

TEST_CASE("of two families in a name the first counts") {
  CHECK(family_of("deepseek-r1-distill-llama-8b") == "deepseek");
}

TEST_CASE("a family's name inside another word tells nothing") {
  CHECK(family_of("dolphin-7b") == "dolphin");
}

TEST_CASE("an unknown model is its own family by its first word") {
  CHECK(family_of("Aurora-9000 turbo") == "aurora");
  CHECK(family_of("123") == "123");
  CHECK(family_of("") == "");
}

TEST_CASE("a file path is named after its file") {
  CHECK(family_of("/models/qwen/mistral-7b.gguf") == "mistral");
}
