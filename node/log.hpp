// What a node says on stderr: one line an event, as text for people or JSON for programs. Notes come from
// machines and carry ids, numbers and lengths, never a prompt; whatever a stranger wrote is escaped, so that
// no line can pretend to be two. How loud a note is follows from its name, in one small table. Writing never
// waits: lines for which stderr has no room are dropped, and their number is told once it has. Only log.cpp
// knows spdlog.
#pragma once

#include "crypto/effect.hpp"

#include <memory>
#include <string_view>

namespace grapevine::node {

/// From what must be mended to what only a developer wants to see.
enum class Loudness : std::uint8_t { error, warn, info, debug };
Result<Loudness> parse_loudness(std::string_view text);

enum class LogForm : std::uint8_t { text, json };
Result<LogForm> parse_log_form(std::string_view text);

struct LogStyle {
  Loudness level = Loudness::info;
  LogForm form = LogForm::text;
};

/// How loud a note is: `hostile.*` warns, changes of the mesh inform, the rest is for developers.
Loudness loudness(std::string_view event);
/// One line without its time: `event about=abcd2345 detail`, or a JSON object with the same fields.
std::string line_of(const Note& note, LogForm form);
/// The text with control characters, quotes and bytes that are not UTF-8 written as \xNN.
std::string escaped(std::string_view text);

/// Writes lines; may be called from any thread.
class Log {
 public:
  explicit Log(LogStyle style);
  ~Log();

  void note(const Note& note) const;
  /// A line of the rim's own: `event` as in a note.
  void say(Loudness level, std::string_view event, std::string_view detail) const;

 private:
  struct Sink;
  std::unique_ptr<Sink> sink_;
  LogForm form_;
};

}  // namespace grapevine::node
