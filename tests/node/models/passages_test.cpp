#include "node/models/passages.hpp"

#include <doctest/doctest.h>

using namespace grapevine::node;

TEST_CASE("paragraphs are passages and know where they start") {
  const std::string text = "First line.\nIts second.\n\n \t\n  Second one.\n";
  const auto document = split_document(text, "notes.txt");
  REQUIRE(document.passages.size() == 2);
  CHECK(document.passages[0].text == "First line.\nIts second.");
  CHECK(document.passages[1].text == "Second one.");
  for (const auto& passage : document.passages)
    CHECK(text.compare(passage.offset, passage.text.size(), passage.text) == 0);
}

TEST_CASE("headings are no passages, the first is the title, the nearest goes with the passage") {
  const auto document = split_document("# Home\n\n## Boiler\nIt hums.\n## Roof\n\nIt leaks.\n", "a.md");
  CHECK(document.title == "Home");
  REQUIRE(document.passages.size() == 2);
  CHECK(document.passages[0].heading == "Boiler");
  CHECK(document.passages[1].heading == "Roof");
  CHECK(document.passages[1].text == "It leaks.");
}

TEST_CASE("a short first line without a full stop is a title when text follows") {
  const auto document = split_document("The garden shed\n\nThe key hangs behind the door.\n", "x");
  CHECK(document.title == "The garden shed");
  REQUIRE(document.passages.size() == 1);
  CHECK(document.passages[0].heading == "The garden shed");
}

TEST_CASE("a single line is a passage, and the file's name the title") {
  const auto document = split_document("The key hangs behind the door", "shed.notes.txt");
  CHECK(document.title == "shed.notes");
  REQUIRE(document.passages.size() == 1);
}

TEST_CASE("a long paragraph is cut at the end of a sentence") {
  std::string text;
  while (text.size() < 9000) text += "This sentence is one of very many. ";
  const auto document = split_document(text, "long");
  REQUIRE(document.passages.size() == 3);
  for (const auto& passage : document.passages) {
    CHECK(passage.text.size() <= passage_bytes_max);
    CHECK(passage.text.ends_with("many."));
    CHECK(text.compare(passage.offset, passage.text.size(), passage.text) == 0);
  }
}

TEST_CASE("text without a single space is cut between characters") {
  std::string text;
  while (text.size() < 5000) text += "\u20ac";
  const auto document = split_document(text, "euro");
  REQUIRE(document.passages.size() == 2);
  CHECK(document.passages[0].text.size() == 3999);
}

TEST_CASE("a byte order mark and carriage returns are no text") {
  const auto document = split_document("\xef\xbb\xbfOne.\r\nTwo.\r\n\r\nThree.\r\n", "dos.txt");
  REQUIRE(document.passages.size() == 2);
  CHECK(document.passages[0].text == "One.\nTwo.");
  CHECK(document.passages[0].offset == 3);
}

TEST_CASE("headings, white space and control characters alone make no passages") {
  CHECK(split_document("\n \n\t\n# Only a title\n\n\x01 \x02\n", "x").passages.empty());
}
