#include "dns/name.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace grapevine::dns {

namespace {

// Words the network, its tools or people give another meaning (RFC 6761, RFC 6762, and what browsers look up
// unasked).
constexpr std::array<std::string_view, 20> reserved_words{
    "localhost", "localdomain",   "local",   "local-pin", "internal", "id",  "ns",
    "mesh",      "gateway",       "router",  "wpad",      "isatap",   "www", "any",
    "all",       "broadcasthost", "example", "test",      "invalid",  "arpa"};

constexpr std::array<std::string_view, 64> adjectives{
    "amber",  "ample", "apt",    "bold",   "brave",   "brief",  "bright", "brisk", "calm",   "clear",
    "clever", "cosy",  "crisp",  "dapper", "deft",    "eager",  "early",  "fair",  "fleet",  "fond",
    "frank",  "free",  "fresh",  "gentle", "glad",    "golden", "grand",  "hardy", "hazel",  "honest",
    "humble", "jolly", "keen",   "kind",   "light",   "lively", "loyal",  "lucid", "mellow", "merry",
    "mild",   "neat",  "nimble", "noble",  "patient", "placid", "plain",  "proud", "quick",  "quiet",
    "ready",  "rosy",  "royal",  "silver", "smart",   "solid",  "steady", "sunny", "swift",  "tidy",
    "true",   "vivid", "warm",   "wise"};

constexpr std::array<std::string_view, 64> nouns{
    "acorn",   "alder",  "aspen",  "badger", "beech",  "birch", "brook",  "cedar",   "clover", "comet",
    "coral",   "crane",  "curlew", "daisy",  "dove",   "elm",   "falcon", "fern",    "finch",  "fjord",
    "fox",     "garnet", "grove",  "harbor", "hare",   "heron", "holly",  "ivy",     "jasper", "juniper",
    "kestrel", "lark",   "laurel", "lily",   "linden", "lotus", "lynx",   "maple",   "meadow", "moss",
    "newt",    "oak",    "olive",  "opal",   "orchid", "otter", "owl",    "panda",   "pearl",  "pebble",
    "pine",    "plover", "poppy",  "quail",  "raven",  "reed",  "robin",  "sparrow", "swan",   "thistle",
    "tulip",   "walnut", "willow", "wren"};

bool is_letter(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f');
}

char folded_look(char c) {
  switch (c) {
    case '0': return 'o';
    case '1':
    case 'i': return 'l';
    case '5': return 's';
    case '2': return 'z';
    case '8': return 'b';
    default: return c;
  }
}

/// One pass from left to right; true when something changed.
bool join_pairs(std::string& text) {
  std::string joined;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view pair = std::string_view(text).substr(i, 2);
    if (pair == "rn" || pair == "vv") {
      joined.push_back(pair == "rn" ? 'm' : 'w');
      ++i;
    } else {
      joined.push_back(text[i]);
    }
  }
  const bool changed = joined.size() != text.size();
  text = std::move(joined);
  return changed;
}

bool is_reserved(const Skeleton& skeleton) {
  static const std::set<Skeleton> reserved = [] {
    std::set<Skeleton> skeletons;
    for (const auto word : reserved_words) skeletons.insert(skeleton_of(word));
    return skeletons;
  }();
  return reserved.contains(skeleton);
}

}  // namespace

std::string folded(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::string zone_name(std::string_view mesh_name, std::string_view parent) {
  std::string label = folded(mesh_name);
  std::replace_if(
      label.begin(), label.end(), [](char c) { return !is_letter(c) && !is_digit(c); }, '-');
  return label.append(".").append(parent);
}

Result<Name> Name::parse(std::string_view given) {
  const auto refuse = [](const char* rule) { return fail(Code::malformed, rule); };
  if (given.size() < length_min || given.size() > length_max) return refuse("a name has 3 to 32 characters");
  const std::string lower = folded(given);
  if (!std::all_of(lower.begin(), lower.end(),
                   [](char c) { return is_letter(c) || is_digit(c) || c == '-'; }))
    return refuse("a name has only the letters a to z, digits and hyphens; choose such a spelling");
  if (!is_letter(lower.front())) return refuse("a name begins with a letter; put one in front");
  if (lower.back() == '-') return refuse("a name ends with a letter or a digit; drop the last hyphen");
  if (lower.substr(2, 2) == "--")
    return refuse("hyphens in the third and fourth place mark encoded names; move them");
  if (lower.size() >= 16 && std::all_of(lower.begin(), lower.end(), is_hex))
    return refuse("16 or more hex digits look like an id; add another letter");
  if (is_reserved(skeleton_of(lower)))
    return fail(Code::refused, "the network gives this word a meaning of its own; choose another");
  return Name(lower);
}

Skeleton skeleton_of(std::string_view text) {
  std::string skeleton;
  for (const char c : text) {
    if (c != '-') skeleton.push_back(folded_look(c));
  }
  while (join_pairs(skeleton)) {
  }
  return {std::move(skeleton)};
}

Name generated_name(const NodeId& node) {
  const auto& bytes = node.value.bytes;
  const unsigned number = (bytes[2] * 65536u + bytes[3] * 256u + bytes[4]) % 1000;
  std::string digits = std::to_string(number);
  digits.insert(0, 3 - digits.size(), '0');
  std::string text(adjectives[bytes[0] % adjectives.size()]);
  text.append("-").append(nouns[bytes[1] % nouns.size()]).append("-").append(digits);
  auto name = Name::parse(text);
  ensure(name.has_value(), "every generated name may be claimed");
  return *std::move(name);
}

}  // namespace grapevine::dns
