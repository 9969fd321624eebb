// Which family a model belongs to, guessed from its name. Models of one family err alike, so an owner's
// models of one family count as one voice; the guess is a claim like every model name, and the configuration
// may state another.
#pragma once

#include <string>
#include <string_view>

namespace grapevine::node {

/// "llama" for "meta-llama/Llama-3.2-3B-Instruct"; of several families in a name the first; else its first
/// word, in lower case; empty for an empty name.
std::string family_of(std::string_view model);

}  // namespace grapevine::node
