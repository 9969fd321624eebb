// Where sentences end in running text. Good enough to quote from: a wrong cut costs a quotation half a
// sentence, never its meaning, because the whole passage goes with it.
#pragma once

#include <string_view>
#include <vector>

namespace grapevine::moa {

/// The sentences of a paragraph in order, without white space around them. Items of a list are sentences too.
std::vector<std::string_view> sentences_of(std::string_view paragraph);

}  // namespace grapevine::moa
