// Real text, where it is at hand: the English part of XQuAD. Without the data the claim passes unlooked at.
#include "node/models/knowledge.hpp"
#include "tests/node/models/asked.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace grapevine;
using namespace grapevine::node;

namespace {

std::filesystem::path xquad_file() {
  const char* shared = std::getenv("GRAPEVINE_SHARED");
  const std::filesystem::path folder = shared != nullptr ? shared : GRAPEVINE_SOURCE "/../shared";
  return folder / "data/xquad.en.json";
}

/// Letters and digits in lower case: how a gold answer is looked for.
std::string plain(const std::string& text) {
  std::string kept;
  for (const char c : text) {
    if (c >= 'A' && c <= 'Z') {
      kept.push_back(static_cast<char>(c - 'A' + 'a'));
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      kept.push_back(c);
    }
  }
  return kept;
}

}  // namespace

TEST_CASE("over 240 paragraphs the best passage holds the answer to 92 of 100 questions") {
  std::ifstream stream(xquad_file());
  if (!stream) return;
  const auto data = nlohmann::json::parse(stream);
  const test::Folder folder;
  int paragraphs = 0;
  for (const auto& article : data["data"])
    for (const auto& paragraph : article["paragraphs"])
      folder.write("docs/" + std::to_string(paragraphs++), paragraph["context"].get<std::string>());
  const auto model = Knowledge::open({.folders = {folder.path() / "docs"}, .index = folder.path() / "index"});
  REQUIRE(model);

  int questions = 0;
  int held = 0;
  for (const auto& article : data["data"])
    for (const auto& paragraph : article["paragraphs"])
      for (const auto& question : paragraph["qas"]) {
        ++questions;
        const auto finished = test::answer(**model, question["question"].get<std::string>());
        if (!finished) continue;
        const auto passage = plain(finished->evidence->citations.at(0).passage);
        const auto& gold = question["answers"];
        held += std::any_of(gold.begin(), gold.end(), [&](const auto& answer) {
          return passage.find(plain(answer["text"].template get<std::string>())) != std::string::npos;
        });
      }
  MESSAGE(held, " of ", questions, " answers stand in the best passage");
  CHECK(held >= questions * 92 / 100);
}
