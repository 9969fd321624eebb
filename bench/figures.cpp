#include "bench/figures.hpp"

#include <cstdio>
#include <string_view>

#include <nlohmann/json.hpp>

namespace grapevine::bench {

namespace {

const char* verdict(const Figure& figure) {
  if (!figure.met) return "";
  return *figure.met ? "met" : "MISSED";
}

}  // namespace

void Figures::add(Figure figure) {
  figures_.push_back(std::move(figure));
}

void Figures::print(int argc, const char* const* argv) const {
  const bool as_json =
      std::any_of(argv, argv + argc, [](std::string_view argument) { return argument == "--json"; });
  as_json ? print_json() : print_table();
}

int Figures::exit_code() const {
  return std::any_of(figures_.begin(), figures_.end(), [](const Figure& f) { return f.met == false; }) ? 1
                                                                                                       : 0;
}

void Figures::print_table() const {
  std::printf("%-34s %14s %-12s %-12s %-7s %s\n", "figure", "value", "unit", "target", "", "beside");
  for (const auto& figure : figures_) {
    std::printf("%-34s %14.6g %-12s %-12s %-7s %s\n", figure.name.c_str(), figure.value, figure.unit.c_str(),
                figure.target.c_str(), verdict(figure), figure.baseline.c_str());
  }
}

void Figures::print_json() const {
  nlohmann::ordered_json all = nlohmann::ordered_json::object();
  for (const auto& figure : figures_) {
    nlohmann::ordered_json one = {{"value", figure.value}, {"unit", figure.unit}};
    one["target"] = figure.target.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(figure.target);
    one["met"] = figure.met ? nlohmann::ordered_json(*figure.met) : nlohmann::ordered_json();
    one["baseline"] =
        figure.baseline.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(figure.baseline);
    all[figure.name] = std::move(one);
  }
  std::printf("%s\n", all.dump(2).c_str());
}

}  // namespace grapevine::bench
