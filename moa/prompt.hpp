// How the prompt of a later stage is composed: the user's conversation, before it a system message that
// carries the proposals and asks for one merged answer. The idea is Mixture-of-Agents'
// aggregate-and-synthesize prompt (Wang et al. 2024, arXiv 2406.04692); the words are ours.
//
// A proposal is data, whoever wrote it. It is cleaned of chat marks and control characters, cut at
// input_bytes_max, and stands between delimiters of 128 random bits that the instruction names; a proposal
// cannot hold the delimiter, since it was drawn after the proposal was made, and is searched for it all the
// same.
#pragma once

#include "crypto/random.hpp"
#include "moa/query.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace grapevine::moa {

/// 32 hex digits nobody can guess: a hash, so that who sees one learns nothing of the generator behind it.
std::string draw_fence(const QueryId& query, Random& random);

/// The conversation with the proposals before it, ready for a model. Requires: at most inputs_max proposals.
Turns compose(const std::vector<Turn>& turns, const std::vector<std::string_view>& proposals,
              std::string_view fence);

}  // namespace grapevine::moa
