// Text from outside made fit to be shown, stored and signed: valid UTF-8 (RFC 3629, section 4: no overlong
// forms, no surrogates, nothing above U+10FFFF) and no control characters except tab and line feed. What is
// repaired stays the same text to a reader: each broken byte becomes U+FFFD.
#pragma once

#include <string>
#include <string_view>

namespace grapevine::node {

/// Whether every byte belongs to a well-formed character.
bool is_utf8(std::string_view text);

/// The same text with U+FFFD in place of each byte that belongs to no well-formed character.
std::string repair_utf8(std::string_view text);

/// Without C0 and C1 control characters and DELETE; tab and line feed stay. Requires: valid UTF-8.
std::string drop_controls(std::string_view text);

}  // namespace grapevine::node
