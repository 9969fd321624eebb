// The model every device has: it answers from the device's own documents, in their words, and says where they
// stand. No weights, no server. The answer is the one to three sentences of the best passage that carry most
// of the query's weight; the evidence lets the asking node rank passages of several devices as one index over
// all documents would. A passage with under 0.3 of the query's weight is no answer: "I do not know" is an
// error, not a text. Files are looked at again at the first question 2 s or more after the last look, and now
// and then while nobody asks, in the worker's thread: no thread watches folders. What they are about is told
// with the profile. One slot, so one thread at a time uses the index.
#pragma once

#include "node/model.hpp"
#include "node/models/knowledge_index.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace grapevine::node {

struct KnowledgeOptions {
  std::vector<std::filesystem::path> folders;  // what may be quoted
  std::filesystem::path index;                 // a folder of our own, made if it is missing
  std::optional<MeshId> tell;                  // whose members may know what they are about; else nobody
  Duration look_every = 2s;
};

class Knowledge final : public Model {
 public:
  /// Reads the documents; folders that are missing or empty leave a model that does not know anything.
  /// Errors: storage.
  static Result<std::unique_ptr<Knowledge>> open(KnowledgeOptions options);

  moa::Profile profile() const override;
  /// The same for every stage: an answer to the last thing the user said. Errors: unknown, storage.
  Result<moa::Finished> generate(const Request& request, Sink& sink, std::stop_token stop) override;

  void refresh() override;

  /// What is indexed, what was passed over and why, which folders are missing: one line for the owner.
  std::string status() const;

 private:
  Knowledge(KnowledgeOptions options, KnowledgeIndex index);
  Result<void> look();

  KnowledgeOptions options_;
  KnowledgeIndex index_;
  Listing listing_;
  moa::Sketch topics_;
  std::chrono::steady_clock::time_point looked_;
};

}  // namespace grapevine::node
