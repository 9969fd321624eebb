// Whether an answer is right, as SQuAD's own evaluation compares (Rajpurkar et al. 2016): lower case, without
// punctuation and articles, single spaces; and here, because answers are sentences and passages, it is enough
// that a gold answer occurs in it as whole words.
#pragma once

#include "node/eval/questions.hpp"

namespace grapevine::node::eval {

bool contains_gold(std::string_view answer, const Asked& asked);

}  // namespace grapevine::node::eval
