// The device's own text files: which there are, and what stands in one. Only what its owner put into the
// named folders as plain text (*.txt, *.md, names without an ending) is ever read; hidden files, hidden
// folders and symbolic links are passed over, so that no key and nothing outside can be quoted by accident.
#pragma once

#include "crypto/result.hpp"

#include <compare>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace grapevine::node {

inline constexpr std::uintmax_t document_bytes_max = 8 * 1024 * 1024;  // a long book is 3 MiB
inline constexpr std::size_t documents_max = 20'000;                   // looked through in some 50 ms
inline constexpr int folder_depth_max = 16;

/// Tells without reading it whether a file has changed.
struct Stamp {
  std::uintmax_t bytes = 0;
  std::int64_t changed = 0;  // the file system's own clock
  auto operator<=>(const Stamp&) const = default;
};

struct ListedFile {
  Stamp stamp;
  std::string name;  // the path below its folder: what a citation shows
};

struct Listing {
  std::map<std::string, ListedFile> files;  // by path
  std::vector<std::string> absent;          // folders that are missing, unreadable or no folders
  std::size_t left_out = 0;                 // files above `documents_max`
  bool is_whole = true;  // false: the walk broke off, and what is not listed may be there all the same
};

Listing list_documents(const std::vector<std::filesystem::path>& folders);

/// The text of a file. Errors: unknown (empty), too_big, malformed (a NUL byte, or not UTF-8), storage (not
/// readable).
Result<std::string> read_document(const std::filesystem::path& file);

}  // namespace grapevine::node
