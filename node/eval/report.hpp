// What an evaluation found, for people (a table), programs (JSON), the node (the menu U(M, k)) and the eye (a
// picture of quality against cost with its frontier). A row is one way of getting answers; all rows answered
// the same questions, so each is compared with one of them question by question.
#pragma once

#include "crypto/time.hpp"
#include "moa/provenance.hpp"
#include "node/eval/interval.hpp"

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace grapevine::node::eval {

/// One way of getting answers.
struct Row {
  std::string name;
  std::vector<double> points;                      // a question each, 0 to 100
  double calls = 1;                                // generations an answer takes
  std::optional<double> seconds = std::nullopt;    // an answer takes; nothing where answers are recorded
  std::optional<moa::Shape> shape = std::nullopt;  // of the rows that are choices of the menu
  bool is_attainable = true;                       // false: a bound nobody can reach without the judge
};

struct Report {
  std::string source;  // the file
  std::string unit;    // what a point is
  std::vector<Row> rows;
  std::size_t against = 0;  // the row the others are compared with: the best single device
};

/// What the table's words mean, for who sees it first.
std::string legend_of(const Report& report);
/// Each row: mean, its standard error, the gain over `against` with its 95 % interval, calls, seconds.
std::vector<std::vector<std::string>> table_of(const Report& report);
nlohmann::ordered_json json_of(const Report& report);

/// TOML: a [[menu]] entry a row that has a shape, with its mean, standard error, when and on what.
std::string menu_of(const Report& report, WallTime measured);

/// Draws quality against seconds, or against calls where there are none, into a PNG file with gnuplot; false
/// when that did not work. The frontier joins the rows no other beats at their cost or less.
bool draw(const Report& report, const std::string& file);

}  // namespace grapevine::node::eval
