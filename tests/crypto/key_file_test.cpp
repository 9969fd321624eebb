#include "crypto/key_file.hpp"

#include "tests/crypto/sample.hpp"
#include "tests/vectors/crypto.hpp"

#include <fstream>
#include <iterator>

#include <doctest/doctest.h>
#include <sys/stat.h>

using namespace grapevine;
namespace fs = std::filesystem;

namespace {

// An empty folder that goes when the test ends.
struct Folder {
  fs::path path = fs::temp_directory_path() / ("grapevine-" + to_hex(random_bytes<8>().view()));
  fs::path file = path / "operational";
  Folder() { fs::create_directory(path); }
  ~Folder() { fs::remove_all(path); }
};

const Fixed<32> secret = sample::filled<32>(9);

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

fs::perms mode(const fs::path& file) {
  return fs::status(file).permissions();
}

}  // namespace

TEST_CASE("a saved key is one golden line, for its owner's eyes only") {
  const Folder folder;
  REQUIRE(save_key(folder.file, "operational", secret));
  CHECK(content(folder.file) == std::string(vectors::key_line) + "\n");
  CHECK(mode(folder.file) == fs::perms(0600));
  CHECK(load_key(folder.file, "operational").value() == secret);
}

TEST_CASE("saving a key leaves no other file behind") {
  const Folder folder;
  REQUIRE(save_key(folder.file, "operational", secret));
  CHECK_FALSE(save_key(folder.file, "operational", secret));
  CHECK(std::distance(fs::directory_iterator(folder.path), {}) == 1);
}

TEST_CASE("an existing key file is never overwritten") {
  const Folder folder;
  REQUIRE(save_key(folder.file, "operational", secret));
  CHECK(save_key(folder.file, "operational", sample::filled<32>(1)).error().code == Code::conflict);
  CHECK(load_key(folder.file, "operational").value() == secret);
}

TEST_CASE("a key file that others can read is refused, and the remedy named") {
  const Folder folder;
  REQUIRE(save_key(folder.file, "operational", secret));
  for (const auto perms : {0644, 0640, 0604, 0602}) {
    fs::permissions(folder.file, fs::perms(perms));
    const auto key = load_key(folder.file, "operational");
    REQUIRE_FALSE(key);
    CHECK(key.error().code == Code::refused);
    CHECK(key.error().text.ends_with("chmod 600 " + folder.file.string()));
  }
}

TEST_CASE("every single bit flipped in a key file gets it refused") {
  const Folder folder;
  REQUIRE(save_key(folder.file, "operational", secret));
  const std::string line = content(folder.file);
  for (std::size_t bit = 0; bit < line.size() * 8; ++bit) {
    std::string flipped = line;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    std::ofstream(folder.file, std::ios::binary) << flipped;
    CHECK_MESSAGE(load_key(folder.file, "operational").error().code == Code::malformed, "bit " << bit);
  }
}

TEST_CASE("a key file that is empty, cut or longer than its line is malformed") {
  const Folder folder;
  REQUIRE(save_key(folder.file, "operational", secret));
  const std::string line = content(folder.file);
  for (const auto& other :
       {std::string(), line.substr(0, 70), line + "\n", line + std::string(10'000, 'x')}) {
    std::ofstream(folder.file, std::ios::binary) << other;
    CHECK(load_key(folder.file, "operational").error().code == Code::malformed);
  }
}

TEST_CASE("a key of another kind is malformed") {
  const Folder folder;
  REQUIRE(save_key(folder.file, "transport", secret));
  CHECK(load_key(folder.file, "operational").error().code == Code::malformed);
}

TEST_CASE("a missing key file is unknown") {
  const Folder folder;
  CHECK(load_key(folder.file, "operational").error().code == Code::unknown);
}

TEST_CASE("a link, a folder or a pipe in place of a key file is refused without waiting") {
  const Folder folder;
  REQUIRE(save_key(folder.file, "operational", secret));
  fs::create_symlink(folder.file, folder.path / "link");
  ::mkfifo((folder.path / "pipe").c_str(), 0600);
  for (const auto& path : {folder.path / "link", folder.path, folder.path / "pipe"}) {
    CHECK(load_key(path, "operational").error().code == Code::refused);
  }
}

TEST_CASE("a key cannot be saved where there is no folder") {
  const Folder folder;
  CHECK(save_key(folder.path / "none" / "key", "operational", secret).error().code == Code::storage);
}

TEST_CASE("a written file replaces the old one whole, with the mode asked for") {
  const Folder folder;
  REQUIRE(write_file(folder.file, "a longer first text", 0644));
  REQUIRE(write_file(folder.file, "second", 0640));
  CHECK(content(folder.file) == "second");
  CHECK(mode(folder.file) == fs::perms(0640));
}
