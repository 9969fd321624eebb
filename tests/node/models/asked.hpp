// What the tests of models share: a request of one question, a sink that remembers, a folder that goes away
// again.
#pragma once

#include "node/model.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <unistd.h>

namespace grapevine::node::test {

struct Memory final : Sink {
  std::vector<std::string> pieces;
  std::string text;
  void piece(std::string_view words) override {
    pieces.emplace_back(words);
    text += words;
  }
};

inline Request ask(std::string question, Duration time_left = 10s) {
  Request request{.time_left = time_left};
  request.turns.push_back({.speaker = moa::Speaker::user, .text = std::move(question)});
  return request;
}

/// The outcome of one question whose pieces nobody reads.
inline Result<moa::Finished> answer(Model& model, std::string question, Duration time_left = 10s) {
  Memory memory;
  return model.generate(ask(std::move(question), time_left), memory, {});
}

class Folder {
 public:
  Folder() {
    std::string name = std::filesystem::temp_directory_path() / "grapevine-models-";
    name += std::string(6, 'X');  // what mkdtemp replaces
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  /// Writes a file, with the folders it needs.
  std::filesystem::path write(const std::string& name, const std::string& text) const {
    const auto file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return file;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace grapevine::node::test
