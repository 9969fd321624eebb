#include "node/log.hpp"

#include <algorithm>
#include <array>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace grapevine::node {

namespace {

std::string json_text(std::string_view text);

spdlog::level::level_enum level_of(Loudness loudness) {
  switch (loudness) {
    case Loudness::error: return spdlog::level::err;
    case Loudness::warn: return spdlog::level::warn;
    case Loudness::info: return spdlog::level::info;
    case Loudness::debug: return spdlog::level::debug;
  }
  return spdlog::level::info;
}

}  // namespace

struct Log::Sink {
  explicit Sink(LogStyle style) : logger("grapevine", std::make_unique<spdlog::sinks::stderr_sink_mt>()) {
    logger.set_level(level_of(style.level));
    logger.set_pattern(style.form == LogForm::text ? "%Y-%m-%dT%H:%M:%S.%fZ %-5l %v"
                                                   : R"({"time":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l",%v})",
                       spdlog::pattern_time_type::utc);
  }
  spdlog::logger logger;
};

Log::Log(LogStyle style) : sink_(std::make_unique<Sink>(style)), form_(style.form) {}
Log::~Log() = default;

void Log::note(const Note& note) const {
  const auto level = level_of(loudness(note.event));
  if (sink_->logger.should_log(level)) sink_->logger.log(level, line_of(note, form_));
}

void Log::say(Loudness level, std::string_view event, std::string_view detail) const {
  if (sink_->logger.should_log(level_of(level)))
    sink_->logger.log(level_of(level), line_of({.event = event, .detail = std::string(detail)}, form_));
}

Loudness loudness(std::string_view event) {
  // What an operator wants to read: who comes and goes, and what must be mended. Everything else is for
  // developers.
  constexpr std::array<std::pair<std::string_view, Loudness>, 14> known{
      {{"store.damaged", Loudness::error},
       {"store.failed", Loudness::error},
       {"certificate", Loudness::warn},
       {"contact_refused", Loudness::warn},
       {"descriptors.short", Loudness::warn},
       {"full", Loudness::warn},
       {"model.failed", Loudness::warn},
       {"pin.changed", Loudness::warn},
       {"event", Loudness::info},
       {"join", Loudness::info},
       {"leaving", Loudness::info},
       {"member", Loudness::info},
       {"overslept", Loudness::info},
       {"refuted", Loudness::info}}};
  if (event.starts_with("hostile.")) return Loudness::warn;
  const auto* found =
      std::find_if(known.begin(), known.end(), [&](const auto& each) { return each.first == event; });
  return found == known.end() ? Loudness::debug : found->second;
}

std::string line_of(const Note& note, LogForm form) {
  if (form == LogForm::json) {
    std::string line = "\"event\":" + json_text(note.event);
    if (note.about) line += ",\"about\":" + json_text(to_string(*note.about));
    if (!note.detail.empty()) line += ",\"detail\":" + json_text(note.detail);
    return line;
  }
  std::string line = escaped(note.event);
  if (note.about) line += " about=" + short_name(*note.about);
  if (!note.detail.empty()) line += " " + escaped(note.detail);
  return line;
}

std::string escaped(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (byte >= 0x20 && byte < 0x7f && letter != '\\') {
      out += letter;
    } else {
      out += "\\x";
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

Result<Loudness> parse_loudness(std::string_view text) {
  if (text == "error") return Loudness::error;
  if (text == "warn") return Loudness::warn;
  if (text == "info") return Loudness::info;
  if (text == "debug") return Loudness::debug;
  return fail(Code::malformed, "\"" + std::string(text) + "\" is none of error, warn, info, debug");
}

Result<LogForm> parse_log_form(std::string_view text) {
  if (text == "text") return LogForm::text;
  if (text == "json") return LogForm::json;
  return fail(Code::malformed, "\"" + std::string(text) + "\" is none of text, json");
}

namespace {

// Escaped text is printable ASCII; JSON wants only its quotes and backslashes doubled.
std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char letter : escaped(text)) {
    if (letter == '"' || letter == '\\') out += '\\';
    out += letter;
  }
  return out + "\"";
}

}  // namespace

}  // namespace grapevine::node
