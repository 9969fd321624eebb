#include "node/log.hpp"

#include "crypto/descriptor.hpp"

#include <algorithm>
#include <array>
#include <climits>

#include <fcntl.h>
#include <poll.h>
#include <spdlog/details/console_globals.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

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

Descriptor open_stderr();

/// Lines to stderr, be it a pipe nobody reads or a terminal somebody has stopped.
class Stderr final : public spdlog::sinks::base_sink<spdlog::details::console_mutex::mutex_t> {
 public:
  explicit Stderr(LogForm form) : form_(form), descriptor_(open_stderr()) {}

 private:
  using Line = spdlog::details::log_msg;
  void sink_it_(const Line& line) override;
  void flush_() override {}
  bool write(const Line& line);

  const LogForm form_;
  const Descriptor descriptor_;
  std::size_t dropped_ = 0;  // since a line went through
};

}  // namespace

struct Log::Sink {
  explicit Sink(LogStyle style) : logger("grapevine", std::make_unique<Stderr>(style.form)) {
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
  constexpr std::array<std::pair<std::string_view, Loudness>, 20> known{
      {{"store.damaged", Loudness::error},
       {"store.failed", Loudness::error},
       {"certificate.not_kept", Loudness::error},
       {"certificate", Loudness::warn},
       {"contact_refused", Loudness::warn},
       {"descriptors.short", Loudness::warn},
       {"full", Loudness::warn},
       {"join.closed", Loudness::warn},
       {"membership.ended", Loudness::warn},
       {"model.failed", Loudness::warn},
       {"pin.changed", Loudness::warn},
       {"certificate.renewed", Loudness::info},
       {"event", Loudness::info},
       {"join", Loudness::info},
       {"leaving", Loudness::info},
       {"member", Loudness::info},
       {"name.refused", Loudness::info},
       {"overslept", Loudness::info},
       {"refuted", Loudness::info},
       {"registry.name_lost", Loudness::info}}};
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

// O_NONBLOCK on the description we were given would bind everybody who shares it, so what can make us wait is
// opened once more. A socket cannot be, and may belong to others; poll() sees to those well enough.
Descriptor open_stderr() {
  struct stat found {};
  const bool can_wait =
      ::fstat(STDERR_FILENO, &found) == 0 && (S_ISCHR(found.st_mode) || S_ISFIFO(found.st_mode));
  const int own = can_wait ? ::open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1;
  return Descriptor(own >= 0 ? own : ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0));
}

void Stderr::sink_it_(const Line& line) {
  if (dropped_ > 0) {
    const auto lost = line_of({.event = "log.dropped", .detail = std::to_string(dropped_) + " lines"}, form_);
    if (write(Line(line.logger_name, spdlog::level::warn, lost))) dropped_ = 0;
  }
  if (dropped_ > 0 || !write(line)) ++dropped_;
}

bool Stderr::write(const Line& line) {
  pollfd room{.fd = descriptor_.number(), .events = POLLOUT, .revents = 0};
  if (::poll(&room, 1, 0) <= 0 || (room.revents & POLLOUT) == 0) return false;
  spdlog::memory_buf_t text;
  formatter_->format(line, text);
  if (text.size() > PIPE_BUF) {  // for so much there is room, or none
    text.resize(PIPE_BUF);
    text[PIPE_BUF - 1] = '\n';
  }
  return ::write(descriptor_.number(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

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
