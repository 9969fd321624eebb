// An answer in the words of the OpenAI API: one object, or a stream of server-sent events, with how it came
// to be in the object `grapevine` and in the X-Grapevine headers. A stream says `role` at once and then a
// comment at least every ten seconds, so that no client gives up while proposers think.
#pragma once

#include "node/api.hpp"

namespace grapevine::node {

/// What devices are called, for the ids in a provenance.
using NodeNames = std::map<NodeId, std::string>;

/// What every object of one answer repeats.
struct AnswerHead {
  moa::QueryId id;
  std::string model;  // as it was asked for
  WallTime created;
};

/// `m1k2`.
std::string to_string(const moa::Shape& shape);
/// The id as clients see it: base32 after `chatcmpl-`.
std::string completion_id(const moa::QueryId& id);

/// The whole answer of a request that does not stream.
ApiResponse completion(const AnswerHead& head, const moa::Answered& answer, const NodeNames& names);
/// The object `grapevine`: who was asked, who answered, how it was merged, in what time. Compact JSON.
std::string provenance_json(const moa::Provenance& provenance, const NodeNames& names);
/// X-Grapevine-Id, -Shape, -Nodes, -Degraded.
std::vector<std::pair<std::string, std::string>> provenance_headers(const moa::Provenance& provenance,
                                                                    const NodeNames& names);

/// The events of one streamed answer, in order: opening, then progress and pieces, then ending or failure.
class AnswerStream {
 public:
  enum class Usage { included, omitted };
  AnswerStream(AnswerHead head, Usage usage) : head_(std::move(head)), usage_(usage) {}

  std::string opening() const;
  /// A comment; clients skip it.
  static std::string comment(const moa::Progress& progress);
  std::string piece(std::string_view text);
  /// What no piece has said yet, the reason to stop, the usage if wanted, the provenance, and the end.
  std::string ending(const moa::Answered& answer, const NodeNames& names);
  static std::string failure(const ApiError& error);

 private:
  AnswerHead head_;
  Usage usage_;
  std::size_t said_bytes_ = 0;
};

}  // namespace grapevine::node
