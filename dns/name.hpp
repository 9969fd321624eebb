// A name, parsed once, valid ever after. A label is [a-z]([a-z0-9-]{0,61}[a-z0-9])?, folded to lower case
// without a locale; a claimed name has 3 to 32 characters and looks neither like an id nor like a word the
// network needs. Unique is the skeleton, not the label: letters people confuse are folded together, so that
// r0bot and ro-bot collide with robot (the idea of UTS #39, for ASCII). The tables are consensus data:
// changing them forks the registry. The skeleton of a skeleton is itself.
#pragma once

#include "crypto/identity.hpp"

#include <string>
#include <string_view>

namespace grapevine::dns {

/// What two names share when people would mistake one for the other.
using Skeleton = Strong<struct SkeletonTag, std::string>;

/// ASCII capitals as small letters.
std::string folded(std::string_view text);
/// The zone of a mesh: its name as one label (what fits no label becomes a hyphen) under `parent`.
std::string zone_name(std::string_view mesh_name, std::string_view parent);
/// The skeleton of any lower-case text.
Skeleton skeleton_of(std::string_view text);

class Name {
 public:
  static constexpr std::size_t length_min = 3;
  static constexpr std::size_t length_max = 32;

  /// A name that may be claimed; upper case is folded. malformed: outside the grammar; refused: a reserved
  /// word. The text says which rule and what to do; it never repeats what was given.
  static Result<Name> parse(std::string_view given);

  const std::string& text() const { return text_; }
  Skeleton skeleton() const { return skeleton_of(text_); }
  auto operator<=>(const Name&) const = default;

 private:
  explicit Name(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// `adjective-noun-NNN`, the same for one node everywhere; 4 096 000 of them, so not unique by itself.
Name generated_name(const NodeId& node);

}  // namespace grapevine::dns
