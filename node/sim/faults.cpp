#include "node/sim/faults.hpp"

#include "crypto/match.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace grapevine::node::sim {
namespace {

constexpr double seconds_max = 100'000;  // a day and some hours: more is a slip of the pen
constexpr int drift_max = 1000;          // no quartz is worse
constexpr std::string_view memories[] = {"kept", "old", "none"};

/// The next word of a line, taken off its front; empty at its end.
std::string_view take_word(std::string_view& line) {
  const auto begin = line.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return line = {};
  line.remove_prefix(begin);
  const std::string_view word = line.substr(0, line.find_first_of(" \t\r"));
  line.remove_prefix(word.size());
  return word;
}

template <class Number>
std::optional<Number> number(std::string_view word) {
  Number value{};
  const auto end = word.data() + word.size();
  const auto [at, error] = std::from_chars(word.data(), end, value);
  if (error != std::errc{} || at != end) return std::nullopt;
  return value;
}

/// Reads the fields of a fault, one word each; what is wrong with the first bad one.
class Reader {
 public:
  Reader(std::string_view words, std::size_t nodes) : words_(words), nodes_(nodes) {}

  void read(Index& node) {
    const auto word = take_word(words_);
    const auto value = number<Index>(word);
    if (!value) return object(word, "is no node; nodes are numbered from 0");
    if (*value >= nodes_)
      return object(word, "is not in a mesh of " + std::to_string(nodes_) +
                              ", whose nodes are numbered from 0; name another or ask for more nodes");
    node = *value;
  }

  void read(Nodes& several) {
    const auto word = take_word(words_);
    for (std::string_view rest = word; !rest.empty() || several.empty();) {
      const auto range = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(rest.size(), range.size() + 1));
      const auto dash = range.find('-');
      const auto first = end_of_range(range.substr(0, dash));
      auto last = dash == std::string_view::npos ? first : end_of_range(range.substr(dash + 1));
      if (last && range.ends_with('%')) --*last;  // a share ends where the next begins
      if (!first || !last || *last < *first || *last >= nodes_)
        return object(word, "names no nodes of a mesh of " + std::to_string(nodes_) +
                                "; write them as 0-24 or 1,4,7-9 or 0%-50%");
      for (Index node = *first; node <= *last; ++node) several.push_back(node);
    }
  }

  void read(Duration& span) {
    const auto word = take_word(words_);
    const auto value = number<double>(word);
    if (!value || !(std::abs(*value) <= seconds_max))
      return object(word, "is no number of seconds up to 100000; write it as 4 or 0.5");
    span = Duration(std::llround(*value * 1e6));
  }

  void read(double& share) {
    const auto word = take_word(words_);
    const auto value = number<double>(word);
    if (!value || !(*value >= 0 && *value <= 0.9)) return object(word, "is no share between 0 and 0.9");
    share = *value;
  }

  void read(int& parts_per_million) {
    const auto word = take_word(words_);
    const auto value = number<int>(word);
    if (!value || std::abs(*value) > drift_max)
      return object(word, "is no drift between -1000 and 1000 parts in a million");
    parts_per_million = *value;
  }

  void read(Memory& memory) {
    const auto word = take_word(words_);
    const auto found = std::find(std::begin(memories), std::end(memories), word);
    if (found == std::end(memories)) return object(word, "is no memory; write kept, old or none");
    memory = static_cast<Memory>(found - std::begin(memories));
  }

  bool at_end() { return take_word(words_).empty(); }
  const std::string& objection() const { return objection_; }

 private:
  /// A node by its number, or by the share of the mesh that comes before it.
  std::optional<Index> end_of_range(std::string_view word) const {
    if (!word.ends_with('%')) return number<Index>(word);
    const auto share = number<double>(word.substr(0, word.size() - 1));
    if (!share || !(*share >= 0 && *share <= 100)) return std::nullopt;
    return static_cast<Index>(std::llround(*share / 100 * static_cast<double>(nodes_)));
  }

  void object(std::string_view word, const std::string& why) {
    if (objection_.empty())
      objection_ = word.empty() ? "a word is missing" : "'" + std::string(word) + "' " + why;
  }

  std::string_view words_;
  std::size_t nodes_;
  std::string objection_;
};

std::string text(Duration span) {
  char digits[32];
  return {digits, std::to_chars(digits, std::end(digits), seconds(span)).ptr};
}
std::string text(double share) {
  char digits[32];
  return {digits, std::to_chars(digits, std::end(digits), share).ptr};
}
std::string text(Index node) {
  return std::to_string(node);
}
std::string text(int number) {
  return std::to_string(number);
}
std::string text(Memory memory) {
  return std::string(memories[static_cast<std::size_t>(memory)]);
}
std::string text(const Nodes& nodes) {
  std::string all;
  for (std::size_t first = 0, last = 0; first < nodes.size(); first = last + 1) {
    for (last = first; last + 1 < nodes.size() && nodes[last + 1] == nodes[last] + 1;) ++last;
    all += (first == 0 ? "" : ",") + text(nodes[first]);
    if (last > first) all += "-" + text(nodes[last]);
  }
  return all;
}

/// All faults by their words, so that a misspelt one can be answered with the list.
template <std::size_t at = 0>
Result<Fault> read_fault(std::string_view word, std::string_view rest, std::size_t nodes) {
  if constexpr (at < std::variant_size_v<Fault>) {
    using One = std::variant_alternative_t<at, Fault>;
    if (word != One::word) return read_fault<at + 1>(word, rest, nodes);
    One fault;
    Reader reader(rest, nodes);
    std::apply([&](auto&... field) { (reader.read(field), ...); }, One::fields(fault));
    const std::string remedy = "; the form is: TIME " + std::string(One::word) + " " + std::string(One::form);
    if (!reader.objection().empty()) return fail(Code::malformed, reader.objection() + remedy);
    if (!reader.at_end()) return fail(Code::malformed, "there are words too many" + remedy);
    return Fault(std::move(fault));
  } else {
    std::string known;
    [&]<class... Each>(const std::variant<Each...>*) {
      ((known += (known.empty() ? "" : ", ") + std::string(Each::word)), ...);
    }(static_cast<const Fault*>(nullptr));
    return fail(Code::unknown, "'" + std::string(word) + "' is no fault; there are: " + known);
  }
}

}  // namespace

Result<Plan> read_plan(std::string_view text, std::size_t nodes) {
  Plan plan;
  for (std::size_t number_of_line = 1; !text.empty(); ++number_of_line) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    line = line.substr(0, line.find('#'));
    const auto time = take_word(line);
    if (time.empty()) continue;
    const std::string where = "line " + std::to_string(number_of_line) + ": ";
    const auto at = number<double>(time);
    if (!at || !(*at >= 0 && *at <= seconds_max))
      return fail(Code::malformed, where + "'" + std::string(time) +
                                       "' is no time; a line begins with seconds, as in: 12.5 pause 7 4.0");
    const auto word = take_word(line);
    auto fault = read_fault(word, line, nodes);
    if (!fault) return fail(fault.error().code, where + fault.error().text);
    plan.push_back({Duration(std::llround(*at * 1e6)), std::move(*fault)});
  }
  return plan;
}

std::string to_text(const Plan& plan) {
  std::string all;
  for (const auto& [at, fault] : plan) {
    all += text(at);
    match(fault, [&]<class One>(const One& one) {
      all += " " + std::string(One::word);
      std::apply([&](const auto&... field) { ((all += " " + text(field)), ...); }, One::fields(one));
    });
    all += "\n";
  }
  return all;
}

}  // namespace grapevine::node::sim
