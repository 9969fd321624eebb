#include "bench/agents.hpp"

#include <cstdio>
#include <ctime>

namespace grapevine::bench {

namespace {

// "2026-11-20T22:41:07.123456Z ..."
std::optional<Moment> stamp_of(const std::string& line) {
  std::tm day{};
  int micros = 0;
  int read = 0;
  if (std::sscanf(line.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d.%6d%n", &day.tm_year, &day.tm_mon, &day.tm_mday,
                  &day.tm_hour, &day.tm_min, &day.tm_sec, &micros, &read) != 7 ||
      line.compare(static_cast<std::size_t>(read), 1, "Z") != 0)
    return std::nullopt;
  day.tm_year -= 1900;
  day.tm_mon -= 1;
  return Moment(std::chrono::seconds(::timegm(&day)) + std::chrono::microseconds(micros));
}

}  // namespace

std::optional<Moment> Agents::said(std::size_t agent, const std::string& text) const {
  for (const Line& line : lines_[agent])
    if (line.text.find(text) != std::string::npos) return line.at;
  return std::nullopt;
}

void Agents::forget_lines() {
  listen();
  for (auto& lines : lines_) lines.clear();
}

bool Agents::listen_until(const std::function<bool()>& done, std::chrono::milliseconds at_most) {
  const auto end = std::chrono::steady_clock::now() + at_most;
  do {
    listen();
    if (done()) return true;
  } while (std::chrono::steady_clock::now() < end);
  return false;
}

void Agents::add_line(std::size_t agent, std::string text, Moment read_at) {
  const auto stamp = stamp_of(text);
  lines_[agent].push_back({stamp.value_or(read_at), std::move(text)});
}

}  // namespace grapevine::bench
