#include "node/models/documents.hpp"

#include "node/models/utf8.hpp"

#include <fstream>
#include <system_error>

namespace grapevine::node {
namespace {

namespace fs = std::filesystem;

bool is_hidden(const fs::path& path) {
  return path.filename().string().starts_with('.');
}

bool is_text_name(const fs::path& path) {
  const auto ending = path.extension().string();
  return ending.empty() || ending == ".txt" || ending == ".md";
}

void add_file(const fs::directory_entry& file, const fs::path& folder, Listing& listing) {
  std::error_code trouble;
  const auto bytes = file.file_size(trouble);
  if (trouble) return;  // gone since the folder was read
  const auto changed = file.last_write_time(trouble);
  if (trouble) return;
  const Stamp stamp{.bytes = bytes, .changed = static_cast<std::int64_t>(changed.time_since_epoch().count())};
  if (listing.files.size() < documents_max) {
    const auto name = file.path().lexically_relative(folder).string();
    listing.files.emplace(file.path().string(), ListedFile{.stamp = stamp, .name = name});
  } else {
    ++listing.left_out;
  }
}

void add_folder(const fs::path& folder, Listing& listing) {
  std::error_code trouble;
  fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, trouble);
  if (trouble) {
    const bool is_gone =
        trouble == std::errc::no_such_file_or_directory || trouble == std::errc::not_a_directory;
    if (!is_gone) listing.is_whole = false;
    listing.absent.push_back(folder.string());
    return;
  }
  for (const auto end = fs::recursive_directory_iterator(); at != end; at.increment(trouble)) {
    std::error_code unknown;
    if (is_hidden(at->path())) {
      at.disable_recursion_pending();
    } else if (at->is_directory(unknown)) {
      if (at.depth() >= folder_depth_max) at.disable_recursion_pending();
    } else if (!at->is_symlink(unknown) && at->is_regular_file(unknown) && is_text_name(at->path())) {
      add_file(*at, folder, listing);
    }
  }
  // A subfolder that cannot be entered, because it has just gone for instance, ends the walk of all.
  if (trouble) listing.is_whole = false;
}

}  // namespace

Listing list_documents(const std::vector<fs::path>& folders) {
  Listing listing;
  for (const auto& folder : folders) add_folder(folder, listing);
  return listing;
}

Result<std::string> read_document(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string text;
  char part[64 * 1024];
  while (stream.read(part, sizeof part) || stream.gcount() > 0) {
    text.append(part, static_cast<std::size_t>(stream.gcount()));
    if (text.size() > document_bytes_max) return fail(Code::too_big, "a document of more than 8 MiB");
  }
  if (!stream.eof()) return fail(Code::storage, "the file cannot be read");
  if (text.empty()) return fail(Code::unknown, "the file is empty");
  if (text.find('\0') != text.npos || !is_utf8(text)) return fail(Code::malformed, "the file is not text");
  return text;
}

}  // namespace grapevine::node
