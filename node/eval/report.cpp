#include "node/eval/report.hpp"

#include "node/api.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>

#include <nlohmann/json.hpp>

namespace grapevine::node::eval {

namespace {

std::string fixed(double value, int digits);
/// A string in double quotes, as TOML and gnuplot read it.
std::string quoted(const std::string& text);
double cost(const Row& row);
/// The rows no other beats at their cost or less, cheapest first.
std::vector<const Row*> frontier(const Report& report);
/// How high the name of each row stands: beside its point, or above the names of others of like cost.
std::vector<std::pair<const Row*, double>> labels(const Report& report);

Interval gain_of(const Report& report, const Row& row) {
  return bootstrap(differences(row.points, report.rows[report.against].points));
}

}  // namespace

std::vector<std::vector<std::string>> table_of(const Report& report) {
  std::vector<std::vector<std::string>> out{
      {"ANSWERS", report.unit, "+-", "GAIN", "95 % INTERVAL", "CALLS", "SECONDS"}};
  for (const Row& row : report.rows) {
    const Interval gain = gain_of(report, row);
    const bool is_compared = &row != &report.rows[report.against];
    out.push_back({row.name, fixed(mean(row.points), 2), fixed(standard_error(row.points), 2),
                   is_compared ? fixed(gain.mean, 2) : "",
                   is_compared ? fixed(gain.low, 2) + " to " + fixed(gain.high, 2) : "", fixed(row.calls, 0),
                   row.seconds ? fixed(*row.seconds, 3) : ""});
  }
  return out;
}

std::string legend_of(const Report& report) {
  const Row& best = report.rows[report.against];
  return std::to_string(best.points.size()) + " questions. GAIN is over \"" + best.name +
         "\", question by question; believe it where its interval\ndoes not hold 0. (1,k): the own answer "
         "and "
         "those of k other devices, mixed.\n";
}

nlohmann::ordered_json json_of(const Report& report) {
  auto rows = nlohmann::ordered_json::array();
  for (const Row& row : report.rows) {
    const Interval gain = gain_of(report, row);
    nlohmann::ordered_json one{
        {"answers", row.name}, {"mean", mean(row.points)}, {"standard_error", standard_error(row.points)},
        {"gain", gain.mean},   {"gain_low", gain.low},     {"gain_high", gain.high},
        {"calls", row.calls}};
    if (row.seconds) one["seconds"] = *row.seconds;
    if (row.shape) one["layers"] = row.shape->layers, one["proposers"] = row.shape->proposers;
    rows.push_back(std::move(one));
  }
  return {{"source", report.source},
          {"unit", report.unit},
          {"questions", report.rows[report.against].points.size()},
          {"against", report.rows[report.against].name},
          {"rows", std::move(rows)}};
}

std::string menu_of(const Report& report, WallTime measured) {
  std::string out =
      "# Measured by `grapevine eval`: what a plan of M layers and k peers is worth, in points.\n";
  for (const Row& row : report.rows) {
    if (!row.shape) continue;
    out += "\n[[menu]]\nlayers = " + std::to_string(row.shape->layers) +
           "\nproposers = " + std::to_string(row.shape->proposers) +
           "\nquality = " + fixed(mean(row.points), 2) + "\nerror = " + fixed(standard_error(row.points), 2) +
           "\nquestions = " + std::to_string(row.points.size()) + "\nmeasured = " + rfc3339(measured) +
           "\nsource = " + quoted(report.source) + "\n";
  }
  return out;
}

bool draw(const Report& report, const std::string& file) {
  // gnuplot would write to standard output where it cannot write the file; a pipe to nobody would end us.
  if (!std::ofstream(file) || std::system("command -v gnuplot >/dev/null") != 0) return false;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> to(::popen("gnuplot", "w"), ::pclose);
  if (!to) return false;
  const bool is_timed = report.rows[report.against].seconds.has_value();
  std::fprintf(
      to.get(),
      "set terminal pngcairo noenhanced size 2000,1000 font 'DejaVu Sans,11'\nset output %s\nset title %s\n"
      "set xlabel '%s an answer takes'\nset ylabel %s\nset grid\nset key bottom right\n"
      "set offsets graph 0.05, graph 0.25, graph 0.05, graph 0.05\n"
      "plot '-' using 1:2:3 with yerrorbars pt 7 title 'measured, with its standard error', "
      "'-' using 1:2 with lines lw 2 title 'frontier', "
      "'-' using 1:2:3 with labels left offset 1,0 font ',9' notitle\n",
      quoted(file).c_str(), quoted("quality on " + report.source).c_str(),
      is_timed ? "seconds" : "generations", quoted(report.unit).c_str());
  for (const Row& row : report.rows)
    std::fprintf(to.get(), "%g %g %g\n", cost(row), mean(row.points), standard_error(row.points));
  std::fputs("e\n", to.get());
  for (const Row* row : frontier(report)) std::fprintf(to.get(), "%g %g\n", cost(*row), mean(row->points));
  std::fputs("e\n", to.get());
  for (const auto& [row, height] : labels(report))
    std::fprintf(to.get(), "%g %g %s\n", cost(*row), height, quoted(row->name).c_str());
  std::fputs("e\n", to.get());
  return std::fflush(to.get()) == 0;
}

namespace {

std::vector<const Row*> frontier(const Report& report) {
  std::vector<const Row*> rows;
  for (const Row& row : report.rows)
    if (row.is_attainable) rows.push_back(&row);
  std::stable_sort(rows.begin(), rows.end(), [](const Row* a, const Row* b) {
    return std::pair(cost(*a), -mean(a->points)) < std::pair(cost(*b), -mean(b->points));
  });
  std::vector<const Row*> best;
  for (const Row* row : rows)
    if (best.empty() || mean(row->points) > mean(best.back()->points)) best.push_back(row);
  return best;
}

std::vector<std::pair<const Row*, double>> labels(const Report& report) {
  constexpr double line = 1.3;  // points of a hundred that a name is high, and a little
  std::vector<std::pair<const Row*, double>> placed;
  for (const Row& row : report.rows) placed.emplace_back(&row, mean(row.points));
  std::stable_sort(placed.begin(), placed.end(), [](const auto& a, const auto& b) {
    return std::pair(cost(*a.first), a.second) < std::pair(cost(*b.first), b.second);
  });
  for (std::size_t i = 1; i < placed.size(); ++i) {
    if (cost(*placed[i].first) == cost(*placed[i - 1].first))
      placed[i].second = std::max(placed[i].second, placed[i - 1].second + line);
  }
  return placed;
}

double cost(const Row& row) {
  return row.seconds.value_or(row.calls);
}

std::string fixed(double value, int digits) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

}  // namespace

}  // namespace grapevine::node::eval
