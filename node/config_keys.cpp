#include "node/config_keys.hpp"

#include "crypto/match.hpp"
#include "dns/author.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <numeric>

#include <unistd.h>

namespace grapevine::node {

namespace {

/// A number followed by a unit, such as "120s".
struct Quantity {
  std::uint32_t number = 0;
  std::string_view unit;
};
std::optional<Quantity> parse_quantity(std::string_view text);
std::size_t edits_between(std::string_view a, std::string_view b);

Result<void> set_truth(bool& place, std::string_view text);
Result<void> set_number(const NumberPlace& place, std::string_view text);
Result<void> set_time(const TimePlace& place, std::string_view text);
Result<void> set_size(const SizePlace& place, std::string_view text);
Result<void> set_word(const WordPlace& place, std::string_view text);
Result<void> set_capabilities(const CapabilitiesPlace& place, std::vector<std::string> words);
Result<void> set_secret_file(const SecretFilePlace& place, std::string_view text);
Result<void> set_scope(moa::Scope& place, std::string_view text);

template <class T>
Result<void> take(T& place, Result<T> value) {
  if (!value) return fail(value.error());
  place = std::move(*value);
  return {};
}

std::string quoted(std::string_view text) {
  return "\"" + std::string(text) + "\"";
}
std::vector<std::string> split(std::string_view text);

}  // namespace

std::vector<Key> keys(Draft& draft) {
  auto& [config, model, names_model] = draft;
  return {
      {"node.name", &config.name},
      {"node.capabilities", CapabilitiesPlace{&config.capabilities}},
      {"api.listen", &config.api.listen},
      {"api.allowed_hosts", &config.api.allowed_hosts},
      {"api.allowed_origins", &config.api.allowed_origins},
      {"api.body_max", SizePlace{&config.api.body_bytes_max, 1024, 1024 * 1024}},
      {"mesh.listen", &config.mesh.listen},
      {"mesh.join_listen", &config.mesh.join_listen},
      {"mesh.advertise", &config.mesh.advertise},
      {"mesh.discovery", &config.mesh.discovery},
      {"dns.serve", &config.dns.serve},
      {"dns.listen", &config.dns.listen},
      {"dns.parent", WordPlace{&config.dns.parent, {"internal", "home.arpa"}}},
      {"dns.provisional", &config.dns.provisional},
      {"dns.announce", &config.dns.announce},
      {"model.kind", WordPlace{&model.kind, {"openai", "ollama", "knowledge", "recorded"}}},
      {"model.url", &model.url},
      {"model.name", &model.name},
      {"model.family", &model.family},
      {"model.key_file", SecretFilePlace{&model.key_file}},
      {"model.file", &model.file},
      {"model.tokens_per_second", NumberPlace{&model.tokens_per_second, 0, 1'000'000}},
      {"model.synthesizes", &model.synthesizes},
      {"model.slots", NumberPlace{&model.slots, 1, 32}},
      {"knowledge.folders", &config.knowledge_folders},
      {"knowledge.sketch", &config.knowledge_sketch},
      {"moa.layers", NumberPlace{&config.moa.layers, 0, layers_most}},
      {"moa.proposers", NumberPlace{&config.moa.proposers, 0, proposers_most}},
      {"moa.layers_max", NumberPlace{&config.moa.layers_max, 0, layers_most}},
      {"moa.proposers_max", NumberPlace{&config.moa.proposers_max, 0, proposers_most}},
      {"moa.deadline", TimePlace{&config.moa.deadline, 1s, 600s}},
      {"moa.policy", WordPlace{&config.moa.policy, {"price", "paper", "shortest"}}},
      {"moa.canaries", &config.moa.canaries},
      {"moa.delegate", WordPlace{&config.moa.delegate, {"never", "own", "any"}}},
      {"privacy.scope", &config.scope},
      {"log.level", &config.log.level},
      {"log.format", &config.log.form},
  };
}

Form form_of(const Key& key) {
  if (std::holds_alternative<NumberPlace>(key.place)) return Form::number;
  if (std::holds_alternative<bool*>(key.place)) return Form::truth;
  const bool is_list = std::holds_alternative<std::vector<std::string>*>(key.place) ||
                       std::holds_alternative<CapabilitiesPlace>(key.place);
  return is_list ? Form::texts : Form::text;
}

Result<void> set(const Key& key, std::string_view value) {
  return match(
      key.place, [&](std::string* place) { return place->assign(value), Result<void>{}; },
      [&](std::vector<std::string>* place) { return *place = split(value), Result<void>{}; },
      [&](bool* place) { return set_truth(*place, value); },
      [&](Endpoint* place) { return take(*place, parse_endpoint(value)); },
      [&](const NumberPlace& place) { return set_number(place, value); },
      [&](const TimePlace& place) { return set_time(place, value); },
      [&](const SizePlace& place) { return set_size(place, value); },
      [&](const WordPlace& place) { return set_word(place, value); },
      [&](const CapabilitiesPlace& place) { return set_capabilities(place, split(value)); },
      [&](const SecretFilePlace& place) { return set_secret_file(place, value); },
      [&](moa::Scope* place) { return set_scope(*place, value); },
      [&](Loudness* place) { return take(*place, parse_loudness(value)); },
      [&](LogForm* place) { return take(*place, parse_log_form(value)); });
}

Result<void> set(const Key& key, std::vector<std::string> values) {
  if (const auto* capabilities = std::get_if<CapabilitiesPlace>(&key.place))
    return set_capabilities(*capabilities, std::move(values));
  const auto* place = std::get_if<std::vector<std::string>*>(&key.place);
  if (place == nullptr) return fail(Code::malformed, "one value is wanted, not a list");
  **place = std::move(values);
  return {};
}

Result<Key> find_key(Draft& draft, std::string_view name) {
  const auto all = keys(draft);
  const auto found = std::find_if(all.begin(), all.end(), [&](const Key& key) { return key.name == name; });
  if (found != all.end()) return *found;
  const auto nearest = std::min_element(all.begin(), all.end(), [&](const Key& a, const Key& b) {
    return edits_between(a.name, name) < edits_between(b.name, name);
  });
  return fail(Code::unknown,
              "there is no key " + std::string(name) + "; the nearest is " + std::string(nearest->name));
}

namespace {

Result<void> set_truth(bool& place, std::string_view text) {
  if (text != "true" && text != "false")
    return fail(Code::malformed, quoted(text) + " is neither true nor false");
  place = text == "true";
  return {};
}

Result<void> set_number(const NumberPlace& place, std::string_view text) {
  const auto quantity = parse_quantity(text);
  if (!quantity || !quantity->unit.empty() || quantity->number < place.least || quantity->number > place.most)
    return fail(Code::malformed, quoted(text) + " is no whole number from " + std::to_string(place.least) +
                                     " to " + std::to_string(place.most));
  *place.number = quantity->number;
  return {};
}

Result<void> set_time(const TimePlace& place, std::string_view text) {
  constexpr std::array<std::pair<std::string_view, Duration>, 4> units{
      {{"ms", 1ms}, {"s", 1s}, {"m", 1min}, {"h", 1h}}};
  const auto quantity = parse_quantity(text);
  const auto* unit = quantity ? std::find_if(units.begin(), units.end(),
                                             [&](const auto& known) { return known.first == quantity->unit; })
                              : units.end();
  if (unit == units.end() || quantity->number * unit->second < place.least ||
      quantity->number * unit->second > place.most)
    return fail(Code::malformed, quoted(text) + " is no time from \"" + std::to_string(place.least / 1s) +
                                     "s\" to \"" + std::to_string(place.most / 1s) + "s\"");
  *place.time = quantity->number * unit->second;
  return {};
}

Result<void> set_size(const SizePlace& place, std::string_view text) {
  const auto quantity = parse_quantity(text);
  const std::string_view unit = quantity ? quantity->unit : "?";
  const std::size_t factor = unit.empty() ? 1 : unit == "KiB" ? 1024 : unit == "MiB" ? 1024 * 1024 : 0;
  if (factor == 0 || quantity->number * factor < place.least || quantity->number * factor > place.most)
    return fail(Code::malformed, quoted(text) + " is no size from \"" + std::to_string(place.least / 1024) +
                                     "KiB\" to \"" + std::to_string(place.most / 1024) + "KiB\"");
  *place.bytes = quantity->number * factor;
  return {};
}

Result<void> set_word(const WordPlace& place, std::string_view text) {
  if (std::find(place.words.begin(), place.words.end(), text) == place.words.end()) {
    std::string listed;
    for (const auto word : place.words) listed.append(listed.empty() ? "" : ", ").append(word);
    return fail(Code::malformed, quoted(text) + " is none of " + listed);
  }
  place.word->assign(text);
  return {};
}

Result<void> set_capabilities(const CapabilitiesPlace& place, std::vector<std::string> words) {
  const auto odd = std::find_if_not(words.begin(), words.end(), dns::is_capability);
  if (odd != words.end())
    return fail(Code::malformed,
                quoted(std::string_view(*odd)) + " is no capability: 1 to 32 of a-z, 0-9 and hyphen");
  if (words.size() > place.most)
    return fail(Code::malformed, "there are " + std::to_string(words.size()) + " capabilities, and at most " +
                                     std::to_string(place.most) + " are told");
  *place.words = std::move(words);
  return {};
}

Result<void> set_secret_file(const SecretFilePlace& place, std::string_view text) {
  using std::filesystem::perms;
  const std::filesystem::path file(text);
  std::error_code trouble;
  const auto found = std::filesystem::status(file, trouble);
  if (!std::filesystem::is_regular_file(found) || ::access(file.c_str(), R_OK) != 0)
    return fail(Code::malformed, quoted(text) + " cannot be read");
  if ((found.permissions() & (perms::group_all | perms::others_all)) != perms::none)
    return fail(Code::refused, quoted(text) + " can be read by others; run: chmod 600 " + file.string());
  place.file->assign(text);
  return {};
}

Result<void> set_scope(moa::Scope& place, std::string_view text) {
  if (text == "local") return place = moa::Scope::local, Result<void>{};
  if (text == "group") return place = moa::Scope::group, Result<void>{};
  if (text == "mesh") return place = moa::Scope::mesh, Result<void>{};
  return fail(Code::malformed, quoted(text) + " is none of local, group, mesh");
}

std::optional<Quantity> parse_quantity(std::string_view text) {
  Quantity made;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, made.number);
  if (error != std::errc()) return std::nullopt;
  made.unit = std::string_view(end, static_cast<std::size_t>(last - end));
  return made;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    if (comma > 0) parts.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

// Levenshtein's distance, one row at a time.
std::size_t edits_between(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

}  // namespace grapevine::node
