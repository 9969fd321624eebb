// Every key there is, once: its name, the place its value goes to, and the range it must keep. The type of
// the place says what may be written; flags, environment and file share the table.
#pragma once

#include "node/config.hpp"

#include <variant>

namespace grapevine::node {

/// A configuration being put together.
struct Draft {
  Config config;
  ModelChoice model;
  bool names_model = false;  // some model.* key was given: no looking around for a server
};

/// A place with the least and the most it may hold.
struct NumberPlace {
  std::uint32_t* number;
  std::uint32_t least;
  std::uint32_t most;
};
struct TimePlace {
  Duration* time;
  Duration least;
  Duration most;
};
struct SizePlace {
  std::size_t* bytes;
  std::size_t least;
  std::size_t most;
};
/// One word of those listed.
struct WordPlace {
  std::string* word;
  std::vector<std::string_view> words;
};
/// Words for what a device can do (dns/author.hpp), beside the kind of its model.
struct CapabilitiesPlace {
  static constexpr std::size_t most = 15;
  std::vector<std::string>* words;
};
/// A file that can be read, and by its owner alone.
struct SecretFilePlace {
  std::string* file;
};
using Place =
    std::variant<std::string*, std::vector<std::string>*, bool*, Endpoint*, NumberPlace, TimePlace, SizePlace,
                 WordPlace, CapabilitiesPlace, SecretFilePlace, moa::Scope*, Loudness*, LogForm*>;

struct Key {
  std::string_view name;
  Place place;
};
/// The table. The places point into the draft.
std::vector<Key> keys(Draft& draft);

/// Whether the key holds a list of texts, a number, or a truth; a text otherwise.
enum class Form { text, number, texts, truth };
Form form_of(const Key& key);

/// Puts a value, as written in a flag or a variable (lists with commas), into its place. malformed, with the
/// rule and no place: the caller knows where it stood.
Result<void> set(const Key& key, std::string_view value);
/// The same for a list that is a list already.
Result<void> set(const Key& key, std::vector<std::string> values);

/// The key of that name; unknown, naming the nearest there is.
Result<Key> find_key(Draft& draft, std::string_view name);

}  // namespace grapevine::node
