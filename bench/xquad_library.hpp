// The paragraphs of XQuAD dealt over devices of this process: knowledge models and what they tell of their
// topics, without a network and without prices. Who is asked beside the own device is decided by sketch or by
// chance alone, and what is answered by moa's choose(). Each device's proposal to each question is made once.
#pragma once

#include "moa/choose.hpp"
#include "node/eval/questions.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace grapevine::bench {

struct Corpus {
  struct Paragraph {
    std::string text;
    std::size_t article = 0;
  };
  std::vector<Paragraph> paragraphs;
  node::eval::Quiz questions;
};
/// Throws std::runtime_error when the file is not in SQuAD's shape.
Corpus read_corpus(const std::filesystem::path& file);

/// The device, of so many, that gets a paragraph.
using Deal = std::size_t (*)(const Corpus& corpus, std::size_t paragraph, std::size_t devices);
std::size_t by_paragraph(const Corpus& corpus, std::size_t paragraph, std::size_t devices);
std::size_t by_article(const Corpus& corpus, std::size_t paragraph, std::size_t devices);

/// Writes the paragraphs into a folder a device, "0", "1" and so on.
void lay_out(const Corpus& corpus, Deal deal, std::size_t devices, const std::filesystem::path& into);

class Library {
 public:
  enum class Peers { by_sketch, by_chance };

  /// Throws std::runtime_error when an index cannot be made.
  Library(const Corpus& corpus, Deal deal, std::size_t devices);

  /// Of 100 questions, each asked at one of the devices in turn and there of k peers besides, how many are
  /// answered right by the best passage that comes back.
  double recall(std::size_t k, Peers peers, std::uint64_t seed) const;

 private:
  struct Asked {
    std::vector<std::optional<moa::Spoken>> proposals;  // by device
    std::vector<double> shares;                         // of the question's weight
  };
  std::vector<std::size_t> order(std::size_t question, Peers peers, std::uint64_t seed) const;

  const Corpus* corpus_;
  std::size_t devices_;
  std::vector<Asked> asked_;  // by question
};

}  // namespace grapevine::bench
