// Text from other machines, made safe to show to a model or a person, and made comparable. Nothing here
// understands the text: it removes what could be taken for structure, and cuts where UTF-8 allows.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::moa {

/// The longest beginning of at most `bytes_max` bytes that does not split a UTF-8 character.
std::string_view cut(std::string_view text, std::size_t bytes_max);

/// Without control characters, those above ASCII (U+0080 to U+009F) included, but with line breaks and tabs:
/// it steers no terminal.
std::string printable(std::string_view text);

/// Printable, and without the marks chat templates are made of:
/// <|...|>, <start_of_turn>, <s>, [INST], <<SYS>> and their like. A mark leaves a space, so that no two
/// halves around it can become another.
std::string clean(std::string_view text);

/// Lower case, words and numbers alone, one space between: for "do these two say the same?".
std::string normalised(std::string_view text);

/// The words of a normalised form; bytes above ASCII belong to words.
std::vector<std::string> words(std::string_view text);

/// At most 64 characters, normalised: a name, a number, yes or no. Two such answers can be held to say the
/// same.
bool is_short(std::string_view text);

/// Nothing but white space and control characters.
bool is_blank(std::string_view text);

}  // namespace grapevine::moa
