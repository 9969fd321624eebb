#include "node/config.hpp"

#include "node/config_keys.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstring>

#include <toml++/toml.h>
#include <unistd.h>

extern char** environ;

namespace grapevine::node {

namespace {

Result<std::filesystem::path> named_file(std::string_view name, const std::string& place);
Result<void> apply_file(Draft& draft, const std::filesystem::path& file);
Result<void> apply_table(Draft& draft, const toml::table& table, const std::string& prefix);
Result<void> apply_model(Draft& draft, const toml::node& node);
Result<void> apply_menu(Draft& draft, const toml::node& node);
Result<void> apply_node(Draft& draft, const std::string& name, const toml::node& node);
Result<void> apply_environment(Draft& draft, const Environment& environment);
Result<void> apply_text(Draft& draft, const Setting& setting);
Result<Config> finished(Draft draft);

tl::unexpected<Error> wrong(const std::string& place, const std::string& rest) {
  return fail(Code::malformed, place + ": " + rest);
}

std::string place_of(const toml::node& node) {
  const auto& source = node.source();
  return (source.path ? *source.path : std::string("config")) + ":" + std::to_string(source.begin.line);
}

std::string_view variable(const Environment& environment, std::string_view name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace

Result<Config> load_config(const std::filesystem::path& file, const Environment& environment,
                           const std::vector<Setting>& flags) {
  Draft draft;
  if (auto applied = apply_file(draft, file); !applied) return fail(applied.error());
  if (auto applied = apply_environment(draft, environment); !applied) return fail(applied.error());
  for (const auto& flag : flags) {
    if (auto applied = apply_text(draft, flag); !applied) return fail(applied.error());
  }
  return finished(std::move(draft));
}

Environment environment_of_process() {
  Environment found;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals == text.npos) continue;
    if (text.starts_with("GRAPEVINE_") || text.starts_with("HOME=") || text.starts_with("XDG_"))
      found.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return found;
}

Result<std::filesystem::path> config_file(std::string_view flag, const Environment& environment) {
  if (!flag.empty()) return named_file(flag, "--config");
  if (const auto named = variable(environment, "GRAPEVINE_CONFIG"); !named.empty())
    return named_file(named, "GRAPEVINE_CONFIG");
  constexpr std::string_view below = "grapevine/config.toml";
  std::vector<std::filesystem::path> places;
  if (const auto xdg = variable(environment, "XDG_CONFIG_HOME"); !xdg.empty())
    places.push_back(std::filesystem::path(xdg) / below);
  if (const auto home = variable(environment, "HOME"); !home.empty())
    places.push_back(std::filesystem::path(home) / ".config" / below);
  std::error_code ignored;
  for (const auto& place : places) {
    if (std::filesystem::exists(place, ignored)) return place;
  }
  return std::filesystem::path("/etc") / below;
}

Result<Endpoint> parse_endpoint(std::string_view text) {
  const auto colon = text.rfind(':');
  std::string_view host = text.substr(0, colon == text.npos ? 0 : colon);
  const std::string_view port = text.substr(colon == text.npos ? text.size() : colon + 1);
  const bool brackets = host.size() > 2 && host.starts_with('[') && host.ends_with(']');
  if (brackets) host = host.substr(1, host.size() - 2);

  Endpoint made{std::string(host), 0};
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), made.port);
  if (host.empty() || error != std::errc() || end != port.data() + port.size() ||
      (!brackets && host.find_first_of("[]:") != host.npos))
    return fail(Code::malformed, "\"" + std::string(text) + "\" is no HOST:PORT with a port from 0 to 65535");
  return made;
}

std::string to_string(const Endpoint& endpoint) {
  const bool brackets = endpoint.host.find(':') != std::string::npos;
  return (brackets ? "[" + endpoint.host + "]" : endpoint.host) + ":" + std::to_string(endpoint.port);
}

bool is_loopback(const Endpoint& endpoint) {
  return endpoint.host == "localhost" || endpoint.host == "::1" || endpoint.host.starts_with("127.");
}

namespace {

// Who names a file wants what stands in it: defaults in its place would be another node.
Result<std::filesystem::path> named_file(std::string_view name, const std::string& place) {
  const std::filesystem::path file(name);
  std::error_code ignored;
  const int trouble = ::access(file.c_str(), R_OK) != 0              ? errno
                      : std::filesystem::is_directory(file, ignored) ? EISDIR
                                                                     : 0;
  if (trouble == 0) return file;
  return fail(Code::unknown, place + ": " + file.string() + ": " + std::strerror(trouble));
}

Result<void> apply_file(Draft& draft, const std::filesystem::path& file) {
  std::error_code missing;
  if (!std::filesystem::exists(file, missing)) return {};
  try {
    return apply_table(draft, toml::parse_file(file.string()), "");
  } catch (const toml::parse_error& error) {
    return wrong(file.string() + ":" + std::to_string(error.source().begin.line),
                 std::string(error.description()));
  }
}

Result<void> apply_table(Draft& draft, const toml::table& table, const std::string& prefix) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    auto applied = name == "model"                     ? apply_model(draft, node)
                   : name == "menu"                    ? apply_menu(draft, node)
                   : prefix.empty() && node.is_table() ? apply_table(draft, *node.as_table(), name + ".")
                                                       : apply_node(draft, name, node);
    if (!applied) return applied;
  }
  return {};
}

// One model a node: `model = "auto"`, or a single [[model]] table.
Result<void> apply_model(Draft& draft, const toml::node& node) {
  if (node.value<std::string>() == "auto") return {};
  const auto* list = node.as_array();
  if (list == nullptr || list->size() != 1 || !list->front().is_table())
    return wrong(place_of(node), "a node has one model; write model = \"auto\" or one [[model]] table");
  return apply_table(draft, *list->front().as_table(), "model.");
}

// What a plan is worth, as `grapevine eval` measures it. The other keys it writes tell people when and on
// what.
Result<void> apply_menu(Draft& draft, const toml::node& node) {
  const auto* list = node.as_array();
  auto& menu = draft.config.moa.menu;
  for (std::size_t i = 0; list != nullptr && i < list->size() && i <= moa::Menu::rows_max; ++i) {
    const toml::table* table = list->get(i)->as_table();
    const auto layers = table ? (*table)["layers"].value<std::uint32_t>() : std::nullopt;
    const auto proposers = table ? (*table)["proposers"].value<std::uint32_t>() : std::nullopt;
    const auto quality = table ? (*table)["quality"].value<double>() : std::nullopt;
    if (!layers || !proposers || !quality || *layers > layers_most || *proposers > proposers_most ||
        !(*quality > 0))
      return wrong(place_of(*list->get(i)),
                   "a row of the menu has layers (0 to 3), proposers (0 to 7) and a quality above 0");
    const bool is_merged = (*table)["merging"].value_or(std::string("choose")) == "synthesize";
    menu.push_back({.shape = {static_cast<std::uint8_t>(*layers), static_cast<std::uint8_t>(*proposers)},
                    .merging = is_merged ? moa::Merging::synthesize : moa::Merging::choose,
                    .points = *quality});
  }
  const bool has_alone =
      std::any_of(menu.begin(), menu.end(), [](const moa::Row& row) { return row.shape == moa::Shape{}; });
  if (!has_alone || menu.size() > moa::Menu::rows_max)
    return wrong(place_of(node), "a menu has at most 32 rows, one of them with layers = 0 and proposers = 0");
  return {};
}

Result<void> apply_node(Draft& draft, const std::string& name, const toml::node& node) {
  const auto key = find_key(draft, name);
  if (!key) return wrong(place_of(node), key.error().text);
  if (name.starts_with("model.")) draft.names_model = true;

  Result<void> done = fail(Code::malformed, "");
  if (form_of(*key) == Form::texts && node.is_array() && node.is_homogeneous(toml::node_type::string)) {
    std::vector<std::string> texts;
    for (const auto& text : *node.as_array()) texts.push_back(text.value_or(std::string()));
    done = set(*key, std::move(texts));
  } else if (form_of(*key) == Form::texts && node.is_array() && node.as_array()->empty()) {
    done = set(*key, std::vector<std::string>{});
  } else if (form_of(*key) == Form::number && node.is_integer()) {
    done = set(*key, std::to_string(*node.value<std::int64_t>()));
  } else if (form_of(*key) == Form::truth && node.is_boolean()) {
    done = set(*key, *node.value<bool>() ? "true" : "false");
  } else if (form_of(*key) == Form::text && node.is_string()) {
    done = set(*key, *node.value<std::string>());
  } else {
    constexpr std::array wanted{"a text in quotes", "a whole number", "a list of texts in quotes",
                                "true or false"};
    done = fail(Code::malformed, std::string("wants ") + wanted.at(static_cast<std::size_t>(form_of(*key))));
  }
  return done ? done : wrong(place_of(node), name + ": " + done.error().text);
}

Result<void> apply_environment(Draft& draft, const Environment& environment) {
  for (const auto& [variable, value] : environment) {
    std::string name = variable;
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    constexpr std::string_view ours = "grapevine_";
    if (!name.starts_with(ours)) continue;
    name.erase(0, ours.size());
    const auto table_end = name.find('_');
    if (table_end == name.npos) continue;  // GRAPEVINE_DATA and its like belong to the programs
    name[table_end] = '.';
    if (name == "api.url" || name == "api.token") continue;  // as do these
    if (auto applied = apply_text(draft, {name, value, variable}); !applied) return applied;
  }
  return {};
}

Result<void> apply_text(Draft& draft, const Setting& setting) {
  const auto key = find_key(draft, setting.key);
  if (!key) return wrong(setting.place, key.error().text);
  if (setting.key.starts_with("model.")) draft.names_model = true;
  const auto done = set(*key, setting.value);
  return done ? done : wrong(setting.place, setting.key + ": " + done.error().text);
}

Result<Config> finished(Draft draft) {
  auto& [config, model, names_model] = draft;
  if (!names_model) return std::move(config);
  if (model.kind.empty()) model.kind = "openai";
  if ((model.kind == "openai" || model.kind == "ollama") && model.url.empty())
    return wrong("model.url", "a model of kind " + model.kind + " needs the url of its server");
  if (model.kind == "recorded" && model.file.empty())
    return wrong("model.file", "a model of kind recorded needs the file with its answers");
  config.model = std::move(model);
  return std::move(config);
}

}  // namespace

}  // namespace grapevine::node
