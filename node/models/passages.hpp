// A text file cut into the passages a knowledge model can find and quote: its paragraphs. Headings are no
// passages; each passage knows the heading above it, and the first heading is the document's title.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::node {

/// Longer paragraphs are cut, at the end of a sentence if there is one in their second half. What a citation
/// may carry (4096 bytes) is a little more.
inline constexpr std::size_t passage_bytes_max = 4000;
inline constexpr std::size_t title_bytes_max = 128;

struct Passage {
  std::string text;
  std::string heading;       // the nearest above it; empty: none
  std::uint32_t offset = 0;  // bytes from the start of the file
};

struct Document {
  std::string title;
  std::vector<Passage> passages;
};

/// The document in a file's text. Headings are lines that begin with "#" (Markdown), and a first paragraph of
/// one short line without a full stop when others follow. Without one the file's name, less its ending, is
/// the title. Requires: valid UTF-8.
Document split_document(std::string_view text, std::string_view file_name);

}  // namespace grapevine::node
