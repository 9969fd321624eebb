#include "node/models/passages.hpp"

#include "moa/text.hpp"

#include <algorithm>

namespace grapevine::node {
namespace {

constexpr std::string_view spaces = " \t\r\n";
constexpr std::size_t title_line_max = 80;  // longer first lines are text

std::string_view trimmed(std::string_view text) {
  const auto start = std::min(text.find_first_not_of(spaces), text.size());
  text.remove_prefix(start);
  return text.substr(0, text.find_last_not_of(spaces) + 1);
}

std::string heading_text(std::string_view line) {
  line = trimmed(line.substr(std::min(line.find_first_not_of('#'), line.size())));
  return moa::printable(moa::cut(line, title_bytes_max));
}

bool is_heading(std::string_view line) {
  const auto marks = std::min(line.find_first_not_of('#'), line.size());
  return marks >= 1 && marks <= 6 && marks < line.size() && line[marks] == ' ';
}

/// Where to cut a text that is too long: behind a sentence, else at a space, else between two characters.
std::size_t cut_point(std::string_view text) {
  const auto window = moa::cut(text, passage_bytes_max);
  const auto sentence = window.rfind(". ");
  if (sentence != window.npos && sentence > window.size() / 2) return sentence + 1;
  const auto space = window.find_last_of(spaces);
  return space != window.npos && space > 0 ? space : window.size();
}

/// Collects a document while its lines go by.
class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  Document split();

 private:
  void take_line(std::size_t start, std::size_t end);
  void end_paragraph(std::size_t end);
  void add_passage(std::size_t start, std::size_t end);

  std::string_view text_;
  std::size_t paragraph_ = std::string_view::npos;  // where the open one started
  std::string heading_;
  Document document_;
};

}  // namespace

Document split_document(std::string_view text, std::string_view file_name) {
  Document document = Splitter(text).split();
  auto& passages = document.passages;
  const bool short_first =
      passages.size() > 1 && passages[0].heading.empty() && passages[0].text.size() <= title_line_max;
  if (document.title.empty() && short_first &&
      passages[0].text.find_first_of("\n.!?:") == std::string::npos) {
    document.title = passages[0].text;
    passages.erase(passages.begin());
    for (auto& passage : passages) {
      if (passage.heading.empty()) passage.heading = document.title;
    }
  }
  if (document.title.empty())
    document.title = moa::printable(moa::cut(file_name.substr(0, file_name.rfind('.')), title_bytes_max));
  return document;
}

namespace {

Document Splitter::split() {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  std::size_t at = text_.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
  while (at < text_.size()) {
    const auto end = std::min(text_.find('\n', at), text_.size());
    take_line(at, end);
    at = end + 1;
  }
  end_paragraph(text_.size());
  return std::move(document_);
}

void Splitter::take_line(std::size_t start, std::size_t end) {
  const auto line = text_.substr(start, end - start);
  if (is_heading(line)) {
    end_paragraph(start);
    heading_ = heading_text(line);
    if (document_.title.empty()) document_.title = heading_;
  } else if (trimmed(line).empty()) {
    end_paragraph(start);
  } else if (paragraph_ == text_.npos) {
    paragraph_ = start;
  }
}

void Splitter::end_paragraph(std::size_t end) {
  if (paragraph_ == text_.npos) return;
  std::size_t at = paragraph_;
  paragraph_ = text_.npos;
  while (end - at > passage_bytes_max) {
    const auto cut = at + cut_point(text_.substr(at, end - at));
    add_passage(at, cut);
    at = cut;
  }
  add_passage(at, end);
}

void Splitter::add_passage(std::size_t start, std::size_t end) {
  const auto raw = text_.substr(start, end - start);
  const auto words = trimmed(raw);
  auto clean = moa::printable(words);
  if (trimmed(clean).empty()) return;
  const auto offset = start + static_cast<std::size_t>(words.data() - raw.data());
  document_.passages.push_back(
      {.text = std::move(clean), .heading = heading_, .offset = static_cast<std::uint32_t>(offset)});
}

}  // namespace
}  // namespace grapevine::node
