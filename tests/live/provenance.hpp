// What a test reads out of an answer: its words, and who contributed how.
#pragma once

#include "tests/live/fleet.hpp"

#include <set>

#include <nlohmann/json.hpp>

namespace grapevine::live {

using Json = nlohmann::json;

inline std::string content_of(const HttpReply& reply) {
  return Json::parse(reply.body).at("choices").at(0).at("message").at("content");
}

inline Json provenance_of(const HttpReply& reply) {
  return Json::parse(reply.body).at("grapevine");
}

inline Json voices_of(const HttpReply& reply) {
  return provenance_of(reply).at("voices");
}

/// The different texts under `member` of a list of objects, sorted, with blanks between.
template <class Objects>
std::string each(const Objects& objects, const char* member) {
  std::set<std::string> texts;
  for (const auto& object : objects) texts.insert(std::string(object.at(member)));
  std::string out;
  for (const auto& text : texts) out += (out.empty() ? "" : " ") + text;
  return out;
}

/// The devices whose voice ended so: answered, refused, failed, silent, gone.
inline std::string who(const HttpReply& reply, const std::string& outcome) {
  std::vector<Json> voices = voices_of(reply);
  std::erase_if(voices, [&](const Json& voice) { return voice.at("outcome") != outcome; });
  return each(voices, "name");
}

/// Whether that device's words stand in the answer.
inline bool is_used(const HttpReply& reply, const std::string& device) {
  for (const auto& voice : voices_of(reply))
    if (voice.at("name") == device && voice.at("used")) return true;
  return false;
}

}  // namespace grapevine::live
