#include "node/cli/show.hpp"

#include "moa/text.hpp"
#include "node/json.hpp"

#include <algorithm>
#include <cstdio>

#include <nlohmann/json.hpp>

namespace grapevine::node::cli {

namespace {

// Letters a terminal shows, not bytes: continuation bytes of UTF-8 take no column.
std::size_t columns(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char letter) { return (letter & 0xc0) != 0x80; }));
}

std::string formatted(const char* form, double number) {
  char text[32];
  std::snprintf(text, sizeof text, form, number);
  return text;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string line(text);
  for (char& letter : line) {
    if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f) letter = ' ';
  }
  return moa::printable(line);
}

std::string table(std::vector<std::vector<std::string>> rows) {
  std::vector<std::size_t> widths;
  for (auto& row : rows) {
    for (auto& cell : row) cell = printable(cell);
    widths.resize(std::max(widths.size(), row.size()), 1);
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], columns(row[i]));
  }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string cell = row[i].empty() ? "-" : row[i];
      line += cell + std::string(widths[i] - columns(cell) + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

std::string age(double seconds) {
  if (seconds < 100) return formatted("%.0f s", seconds);
  if (seconds < 100 * 60) return formatted("%.0f min", seconds / 60);
  if (seconds < 48 * 3600) return formatted("%.0f h", seconds / 3600);
  return formatted("%.0f d", seconds / 86400);
}

std::string span(double seconds) {
  return seconds < 1 ? formatted("%.0f ms", seconds * 1000) : formatted("%.1f s", seconds);
}

std::string times(std::uint64_t count) {
  if (count == 1) return "once";
  return count == 2 ? "twice" : std::to_string(count) + " times";
}

Outcome show(const Result<Json, Failure>& reply, Output output,
             const std::function<void(const Json& reply)>& print) {
  if (!reply) return reply.error();
  if (output == Output::json) print_json(*reply);
  if (output == Output::people) print(*reply);
  return std::nullopt;
}

void print_json(const Json& json) {
  const auto print_one = [](const Json& one) { std::puts(text_of(one).c_str()); };
  if (!json.is_array()) return print_one(json);
  for (const auto& one : json) print_one(one);
}

int print(const Failure& failure, Output output) {
  if (output == Output::json) {
    const Json json{
        {"error", {{"code", failure.code}, {"message", failure.message}, {"hint", failure.hint}}}};
    std::fprintf(stderr, "%s\n", text_of(json).c_str());
  } else {
    std::fprintf(stderr, "grapevine: %s%s%s\n", printable(failure.message).c_str(),
                 failure.hint.empty() ? "" : "; ", failure.hint.c_str());
  }
  return static_cast<int>(failure.exit);
}

}  // namespace grapevine::node::cli
