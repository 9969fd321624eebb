// English words too common to say what a question is about; left out of queries, kept in the index.
#pragma once

#include <string_view>

namespace grapevine::node {

/// Requires: lower case.
bool is_stop_word(std::string_view word);

}  // namespace grapevine::node
