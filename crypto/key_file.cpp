#include "crypto/key_file.hpp"

#include "crypto/descriptor.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

namespace grapevine {

namespace {

// The longest line we write is under 120 bytes; what is longer is no key file of ours.
constexpr std::size_t line_bytes_max = 256;

// Whether a file of that name may be there already.
enum class Replacing { allowed, refused };

// A line that holds a secret; its memory is wiped when it goes.
struct SecretLine {
  std::string text;
  ~SecretLine() { sodium_memzero(text.data(), text.size()); }
};

Result<void> place_file(const std::filesystem::path& file, std::string_view content, unsigned mode,
                        Replacing replacing);
Result<void> fill_file(const std::filesystem::path& file, std::string_view content, unsigned mode);
Result<void> check_keeping(const std::filesystem::path& file, const Descriptor& open);
std::string key_line(std::string_view kind, const Fixed<32>& secret);

tl::unexpected<Error> disk_refuses(const std::filesystem::path& file, std::string_view what) {
  return fail(Code::storage,
              "cannot " + std::string(what) + " " + file.string() + ": " + std::strerror(errno));
}

}  // namespace

Result<void> save_key(const std::filesystem::path& file, std::string_view kind, const Fixed<32>& secret) {
  const SecretLine line{key_line(kind, secret)};
  return place_file(file, line.text, 0600, Replacing::refused);
}

Result<void> replace_key(const std::filesystem::path& file, std::string_view kind, const Fixed<32>& secret) {
  const SecretLine line{key_line(kind, secret)};
  return place_file(file, line.text, 0600, Replacing::allowed);
}

Result<Fixed<32>> load_key(const std::filesystem::path& file, std::string_view kind) {
  auto content = read_private(file, line_bytes_max);
  if (!content) return fail(content.error());
  const SecretLine line{*std::move(content)};
  const std::string_view text = line.text;

  const std::string begin = "grapevine-key 1 " + std::string(kind) + " ";
  constexpr std::size_t secret_digits = 52;
  if (!text.starts_with(begin) || text.size() < begin.size() + secret_digits)
    return fail(Code::malformed, file.string() + " holds no " + std::string(kind) + " key");
  auto bytes = from_base32(text.substr(begin.size(), secret_digits));
  const auto secret = bytes ? Fixed<32>::of(*bytes) : Result<Fixed<32>>(fail(bytes.error()));
  if (bytes) sodium_memzero(bytes->data(), bytes->size());
  const SecretLine expected{secret ? key_line(kind, *secret) : std::string()};
  if (expected.text != text)
    return fail(Code::malformed,
                file.string() + " is damaged: its check does not match; restore it from a copy");
  return secret;
}

Result<std::string> read_private(const std::filesystem::path& file, std::size_t bytes_max) {
  // Not blocking: a pipe in place of the file is refused below, not waited for.
  const Descriptor open(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!open && errno == ENOENT) return fail(Code::unknown, "there is no file " + file.string());
  if (!open && errno == ELOOP)
    return fail(Code::refused, file.string() + " is a link; keep the file itself there");
  if (!open) return disk_refuses(file, "open");
  if (const auto kept = check_keeping(file, open); !kept) return fail(kept.error());

  std::string content(bytes_max + 1, '\0');  // one more, so that a longer one shows
  const auto size = ::read(open.number(), content.data(), content.size());
  if (size < 0) return disk_refuses(file, "read");
  content.resize(static_cast<std::size_t>(size));
  if (content.size() > bytes_max) return fail(Code::malformed, file.string() + " is longer than we write it");
  return content;
}

Result<void> write_file(const std::filesystem::path& file, std::string_view content, unsigned mode) {
  return place_file(file, content, mode, Replacing::allowed);
}

Result<void> sync_folder(const std::filesystem::path& folder) {
  const std::filesystem::path named = folder.empty() ? "." : folder;
  const Descriptor open(::open(named.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!open || ::fsync(open.number()) != 0) return disk_refuses(named, "sync");
  return {};
}

namespace {

// A crash at any moment leaves the old file or the new one, never a part of one.
Result<void> place_file(const std::filesystem::path& file, std::string_view content, unsigned mode,
                        Replacing replacing) {
  std::filesystem::path temporary = file;
  temporary += ".new-" + to_hex(random_bytes<8>().view());
  if (auto filled = fill_file(temporary, content, mode); !filled) {
    ::unlink(temporary.c_str());
    return filled;
  }
  const unsigned flags = replacing == Replacing::refused ? RENAME_NOREPLACE : 0;
  if (::renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, file.c_str(), flags) != 0) {
    const auto reason = errno == EEXIST ? fail(Code::conflict, file.string() + " exists and is kept as it is")
                                        : disk_refuses(file, "create");
    ::unlink(temporary.c_str());
    return reason;
  }
  return sync_folder(file.parent_path());
}

Result<void> fill_file(const std::filesystem::path& file, std::string_view content, unsigned mode) {
  const Descriptor open(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!open) return disk_refuses(file, "create");
  if (::fchmod(open.number(), mode) != 0)
    return disk_refuses(file, "set the mode of");  // whatever the umask was
  while (!content.empty()) {
    const auto written = ::write(open.number(), content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return disk_refuses(file, "write");
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(open.number()) != 0) return disk_refuses(file, "sync");
  return {};
}

Result<void> check_keeping(const std::filesystem::path& file, const Descriptor& open) {
  struct stat status {};
  if (::fstat(open.number(), &status) != 0) return disk_refuses(file, "look at");
  if (!S_ISREG(status.st_mode)) return fail(Code::refused, file.string() + " is not a regular file");
  if (status.st_uid != ::geteuid()) return fail(Code::refused, file.string() + " belongs to another user");
  if ((status.st_mode & 077) != 0)
    return fail(Code::refused, file.string() + " can be read by others; run: chmod 600 " + file.string());
  return {};
}

std::string key_line(std::string_view kind, const Fixed<32>& secret) {
  const auto check = hash<8>(purpose::key_check, {view(kind), secret.view()});
  return "grapevine-key 1 " + std::string(kind) + " " + to_base32(secret.view()) + " " +
         to_base32(check.view()) + "\n";
}

}  // namespace

}  // namespace grapevine
