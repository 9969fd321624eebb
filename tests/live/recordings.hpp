// Recorded models for a fleet: each says one thing to every prompt, at a chosen pace, so that a test knows
// beforehand what an answer can be made of. The files they read from go with this, which therefore outlives
// the fleet.
#pragma once

#include "tests/node/temporary_folder.hpp"

namespace grapevine::live {

/// What a recorded model says.
struct Saying {
  std::string words;
  unsigned tokens_per_second = 0;  // a token is four letters; 0: all at once
  unsigned slots = 1;              // calls at one time
  bool synthesizes = false;        // says it where it is to merge proposals, too
};

class Recordings {
 public:
  /// The TOML of a model of that name, for Fleet's `configure`.
  std::string model(const std::string& name, const Saying& saying) const {
    const auto file = folder_.file(name + ".json", R"([{"instruction":"*","generator":")" + name +
                                                       R"(","output":")" + saying.words + R"("}])");
    return "[[model]]\nkind = \"recorded\"\nname = \"" + name + "\"\nfile = \"" + file.string() +
           "\"\ntokens_per_second = " + std::to_string(saying.tokens_per_second) +
           "\nslots = " + std::to_string(saying.slots) +
           "\nsynthesizes = " + (saying.synthesizes ? "true" : "false") + "\n";
  }

 private:
  node::TemporaryFolder folder_;
};

}  // namespace grapevine::live
