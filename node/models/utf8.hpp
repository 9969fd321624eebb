// Text from outside made fit to be stored and signed: valid UTF-8 (RFC 3629, section 4: no overlong forms, no
// surrogates, nothing above U+10FFFF). What is repaired stays the same text to a reader: each broken byte
// becomes U+FFFD. What makes it fit to be shown is moa/text.hpp's `printable`.
#pragma once

#include <string>
#include <string_view>

namespace grapevine::node {

/// Whether every byte belongs to a well-formed character.
bool is_utf8(std::string_view text);

/// The same text with U+FFFD in place of each byte that belongs to no well-formed character.
std::string repair_utf8(std::string_view text);

}  // namespace grapevine::node
