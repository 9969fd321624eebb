// The passages of a device's documents, searchable: BM25 (Robertson and Zaragoza 2009) over English stems, by
// Xapian, which only this file's source knows. The index is a database on disk: 4800 paragraphs cost the idle
// node 0.6 MiB of memory, where Xapian's in-memory form costs 58 MiB and would have to be built anew at each
// start. It can always be rebuilt from the files, so it is not synced, and a damaged one is thrown away. Used
// by one thread at a time.
#pragma once

#include "crypto/result.hpp"
#include "moa/query.hpp"
#include "node/models/documents.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::node {

/// A passage that was found, best first.
struct Hit {
  std::string passage;
  std::string title;                 // the document's, and the heading above the passage
  std::string document;              // the file's name below its folder
  std::uint32_t offset = 0;          // bytes from the start of the file
  std::vector<std::string> matched;  // the query's terms in passage and title
};

/// What a search tells, enough to rank its hits among those of other indexes.
struct Findings {
  std::vector<Hit> hits;
  std::vector<std::uint32_t> passages_with;  // by term, in the order they were asked
  std::uint32_t passages = 0;                // in the whole index
  std::uint32_t passage_length_mean = 0;     // in terms
};

class KnowledgeIndex {
 public:
  /// Opens the index in this folder, or makes an empty one. Errors: storage.
  static Result<KnowledgeIndex> open(const std::filesystem::path& folder);

  KnowledgeIndex(KnowledgeIndex&&) noexcept;
  KnowledgeIndex& operator=(KnowledgeIndex&&) noexcept;
  ~KnowledgeIndex();

  /// Makes the index hold exactly these files, or these too if the listing is not whole; reads only those
  /// that are new or changed. Whether any were. Errors: storage.
  Result<bool> follow(const Listing& listing);

  /// The best passages for any of these terms, `most` of them at most. Errors: storage.
  Result<Findings> search(const std::vector<std::string>& terms, std::uint32_t most) const;

  /// The distinct terms of a text, as an index spells them, in order of the alphabet.
  static std::vector<std::string> terms_of(std::string_view text);
  /// The same without stop words, and as many as an answer's evidence can count.
  static std::vector<std::string> query_terms_of(std::string_view question);

  /// All terms of all passages. Errors: storage.
  Result<std::vector<std::string>> terms() const;
  std::size_t passages() const;
  std::size_t documents() const;
  /// How many files were passed over, by reason: unknown (empty), too_big, malformed (not text), storage
  /// (unreadable).
  std::map<Code, std::size_t> skipped() const;

 private:
  struct Store;
  explicit KnowledgeIndex(std::unique_ptr<Store> store);

  std::unique_ptr<Store> store_;
};

}  // namespace grapevine::node
