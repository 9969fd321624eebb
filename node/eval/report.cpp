#include "node/eval/report.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <memory>

#include <nlohmann/json.hpp>

namespace grapevine::node::eval {

namespace {

std::string fixed(double value, int digits);
/// A string in double quotes, as TOML and gnuplot read it.
std::string quoted(const std::string& text);
/// As TOML writes a moment.
std::string spelt(Seconds moment);
double cost(const Row& row);
/// The rows no other beats at their cost or less, cheapest first.
std::vector<const Row*> frontier(const Report& report);

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

std::string menu_of(const Report& report, Seconds measured) {
  std::string out =
      "# Measured by `grapevine eval`: what a plan of M layers and k peers is worth, in points.\n";
  for (const Row& row : report.rows) {
    if (!row.shape) continue;
    out += "\n[[menu]]\nlayers = " + std::to_string(row.shape->layers) +
           "\nproposers = " + std::to_string(row.shape->proposers) +
           "\nquality = " + fixed(mean(row.points), 2) + "\nerror = " + fixed(standard_error(row.points), 2) +
           "\nquestions = " + std::to_string(row.points.size()) + "\nmeasured = " + spelt(measured) +
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
      "set terminal pngcairo noenhanced size 1500,900 font 'DejaVu Sans,11'\nset output %s\nset title %s\n"
      "set xlabel '%s an answer takes'\nset ylabel %s\nset grid\nset key bottom right\n"
      "set offsets graph 0.1, graph 0.25, graph 0.05, graph 0.05\n"
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
  for (const Row& row : report.rows)
    std::fprintf(to.get(), "%g %g %s\n", cost(row), mean(row.points), quoted(row.name).c_str());
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

double cost(const Row& row) {
  return row.seconds.value_or(row.calls);
}

std::string spelt(Seconds moment) {
  const std::time_t time = std::chrono::system_clock::to_time_t(moment);
  std::tm parts{};
  gmtime_r(&time, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
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
