#include "tests/live/stubs/script.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace grapevine::stub {
namespace {

constexpr double forever = 1e6;

constexpr std::array<std::pair<std::string_view, Mode>, 14> modes{{{"ok", Mode::ok},
                                                                   {"plain", Mode::plain},
                                                                   {"refuse", Mode::refuse},
                                                                   {"hang", Mode::hang},
                                                                   {"trickle", Mode::trickle},
                                                                   {"endless", Mode::endless},
                                                                   {"longline", Mode::longline},
                                                                   {"cut", Mode::cut},
                                                                   {"garbage", Mode::garbage},
                                                                   {"deep", Mode::deep},
                                                                   {"redirect", Mode::redirect},
                                                                   {"error500", Mode::error500},
                                                                   {"trouble", Mode::trouble},
                                                                   {"empty", Mode::empty}}};

/// A JSON string of text; enough for what tests say.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out + '"';
}

/// A head without a length: the end of the connection ends the body.
std::string head(std::string_view status, std::string_view more = "") {
  return "HTTP/1.1 " + std::string(status) + "\r\nContent-Type: application/json\r\nConnection: close\r\n" +
         std::string(more) + "\r\n";
}

/// A reply whose length is stated.
std::string measured(std::string_view status, std::string_view body) {
  return head(status, "Content-Length: " + std::to_string(body.size()) + "\r\n") + std::string(body);
}

std::string model_list(const Options& options) {
  const bool openai = options.protocol == Protocol::openai;
  if (options.mode == Mode::empty) return openai ? R"({"object":"list","data":[]})" : R"({"models":[]})";
  return openai ? R"({"object":"list","data":[{"id":"text-embed-small"},{"id":"stub-llama-1b"}]})"
                : R"({"models":[{"name":"nomic-embed-text:latest"},{"name":"stub-qwen:1b"}]})";
}

}  // namespace

std::optional<Mode> parse_mode(std::string_view word) {
  const auto found =
      std::find_if(modes.begin(), modes.end(), [&](const auto& entry) { return entry.first == word; });
  return found == modes.end() ? std::nullopt : std::optional(found->second);
}

Script::Script(const Options& options, std::string_view request) : options_(options) {
  const bool openai = options.protocol == Protocol::openai;
  if (options.mode == Mode::hang) {
    kind_ = Kind::silence;
  } else if (request.starts_with(openai ? "GET /v1/models " : "GET /api/tags ")) {
    whole_ = measured("200 OK", model_list(options));
  } else if (!request.starts_with(openai ? "POST /v1/chat/completions " : "POST /api/chat ")) {
    whole_ = measured("404 Not Found", R"({"error":{"message":"no such route"}})");
  } else {
    script_chat();
  }
}

void Script::script_chat() {
  const bool openai = options_.protocol == Protocol::openai;
  switch (options_.mode) {
    case Mode::ok:
    case Mode::empty:
    case Mode::refuse:
    case Mode::cut: kind_ = Kind::words; break;
    case Mode::hang: kind_ = Kind::silence; break;
    case Mode::trickle: kind_ = Kind::alive; break;
    case Mode::endless: kind_ = Kind::endless_words; break;
    case Mode::longline: kind_ = Kind::endless_line; break;
    case Mode::plain:
      whole_ =
          measured("200 OK", "{\n \"choices\": [{\"message\": {\"role\": \"assistant\", \"content\": " +
                                 quoted(options_.answer) +
                                 "},\n \"finish_reason\": \"stop\"}],\n \"usage\": {\"prompt_tokens\": 7, "
                                 "\"completion_tokens\": 3}\n}\n");
      break;
    case Mode::garbage:
      whole_ = measured("200 OK",
                        "data: {\"choi\xff\xfe\x80"
                        "ces\n\n<html>\xc3\x28</html>\n");
      break;
    case Mode::deep:
      whole_ = measured("200 OK", (openai ? "data: " : "") + std::string(100'000, '[') +
                                      std::string(100'000, ']') + "\n\n");
      break;
    case Mode::redirect:
      whole_ = head("302 Found", "Location: http://127.0.0.1:1/v1/chat/completions\r\n");
      break;
    case Mode::error500:
      whole_ = measured("500 Internal Server Error", R"({"error":{"message":"out of memory"}})");
      break;
    case Mode::trouble:
      whole_ = head("200 OK") + words_event("Forty") +
               (openai ? "data: {\"error\":{\"message\":\"out of memory\"}}\n\n"
                       : "{\"error\":\"out of memory\"}\n");
      break;
  }
}

std::optional<Piece> Script::next() {
  const bool first = pieces_++ == 0;
  switch (kind_) {
    case Kind::whole: return first ? std::optional(Piece{.bytes = whole_}) : std::nullopt;
    case Kind::silence: return Piece{.bytes = {}, .wait = forever};
    case Kind::words: return first ? Piece{.bytes = head("200 OK")} : next_word();
    case Kind::alive:
      return first ? Piece{.bytes = head("200 OK")} : Piece{.bytes = ": alive\n", .wait = 0.05};
    case Kind::endless_words:
      return Piece{.bytes = first ? head("200 OK") : words_event("and so on "), .wait = 0};
    case Kind::endless_line:
      return Piece{.bytes = first ? head("200 OK") + "data: \"" : std::string(16 * 1024, 'x'), .wait = 0};
  }
  return std::nullopt;
}

std::optional<Piece> Script::next_word() {
  if (ended_) return std::nullopt;
  const bool half = said_ * 2 >= options_.answer.size();
  if (options_.mode == Mode::cut && half && said_ > 0) return std::nullopt;
  if (said_ >= options_.answer.size()) {
    ended_ = true;
    return Piece{.bytes = last_event()};
  }
  const auto end = std::min(options_.answer.find(' ', said_), options_.answer.size() - 1) + 1;
  const auto word = options_.answer.substr(said_, end - said_);
  said_ = end;
  return Piece{.bytes = words_event(word),
               .wait = options_.tokens_per_second > 0 ? 1 / options_.tokens_per_second : 0};
}

std::string Script::words_event(std::string_view words) const {
  if (options_.protocol == Protocol::ollama)
    return R"({"model":"stub","message":{"role":"assistant","content":)" + quoted(words) +
           "},\"done\":false}\n";
  return R"(data: {"choices":[{"index":0,"delta":{"content":)" + quoted(words) +
         "},\"finish_reason\":null}]}\n\n";
}

std::string Script::last_event() const {
  if (options_.protocol == Protocol::ollama)
    return R"({"message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","prompt_eval_count":7,"eval_count":3})"
           "\n";
  return "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
         "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3}}\n\n"
         "data: [DONE]\n\n";
}

}  // namespace grapevine::stub
