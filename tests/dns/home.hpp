// A home for a test or bench, gone when it ends. It lies in memory where the system has such a place: the
// store cannot tell, and a thousand of them need not wait for a real disk.
#pragma once

#include "crypto/ensure.hpp"
#include "dns/store_guard.hpp"

#include <fstream>

#include <stdlib.h>

namespace grapevine::dns {

struct Home {
  std::filesystem::path path = [] {
    const std::filesystem::path memory = "/dev/shm";
    const auto place = std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path();
    std::string name = (place / "grapevine-store-").string() + std::string(6, 'X');
    ensure(::mkdtemp(name.data()) != nullptr, "there is room for a home");
    return std::filesystem::path(name);
  }();
  Home() = default;
  Home(const Home&) = delete;
  Home& operator=(const Home&) = delete;
  ~Home() { std::filesystem::remove_all(path); }

  std::filesystem::path folder() const { return path / "data"; }
  std::filesystem::path file() const { return folder() / "data.mdb"; }
  /// Opened as the daemon opens it, after a look by a process of its own.
  Result<GuardedStore> open() const { return open_guarded(path, STORE_CHECKER); }

  Bytes read() const {
    std::ifstream in(file(), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  /// Puts this in place of the data file, and nothing else into the store's folder.
  void write(View bytes) const {
    std::filesystem::remove_all(folder());
    std::filesystem::create_directories(folder());
    std::ofstream(file(), std::ios::binary)
        .write(text(bytes).data(), static_cast<std::streamsize>(bytes.size()));
  }
};

}  // namespace grapevine::dns
