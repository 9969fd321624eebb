#include "bench/xquad_library.hpp"

#include "crypto/random.hpp"
#include "node/eval/gold.hpp"
#include "node/models/knowledge.hpp"
#include "tests/node/temporary_folder.hpp"

#include <algorithm>
#include <fstream>
#include <memory>
#include <numeric>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace grapevine::bench {

namespace {

const MeshId some_mesh;

class Unheard final : public node::Sink {
  void piece(std::string_view) override {}
};

node::Request request_of(const std::string& question) {
  node::Request request{.turns = {}, .sampling = {}, .time_left = 10s};
  request.turns.push_back({.speaker = moa::Speaker::user, .text = question});
  return request;
}

std::optional<moa::Spoken> proposal(node::Model& model, const node::Request& request) {
  Unheard sink;
  auto finished = model.generate(request, sink, {});
  if (!finished) return std::nullopt;  // it does not know
  return moa::Spoken{
      .node = {}, .device = "", .text = std::move(finished->text), .evidence = std::move(finished->evidence)};
}

/// What an answer says from its first source: further ones would count in favour of many devices.
std::string best_passage(const std::string& answer) {
  const auto said = answer.substr(0, answer.find(" [1]"));
  const auto source = answer.find("\n\n[1] ");
  if (source == answer.npos) return said;
  return said + answer.substr(source, answer.find("\n\n[2] ", source) - source);
}

}  // namespace

Corpus read_corpus(const std::filesystem::path& file) {
  auto questions = node::eval::read_questions(file);
  if (!questions) throw std::runtime_error(questions.error().text);
  Corpus corpus{.paragraphs = {}, .questions = std::get<node::eval::Quiz>(std::move(*questions))};
  const auto whole = nlohmann::json::parse(std::ifstream(file));
  std::size_t article = 0;
  for (const auto& one : whole.at("data")) {
    for (const auto& paragraph : one.at("paragraphs"))
      corpus.paragraphs.push_back({.text = paragraph.at("context"), .article = article});
    ++article;
  }
  return corpus;
}

std::size_t by_paragraph(const Corpus&, std::size_t paragraph, std::size_t devices) {
  return paragraph % devices;
}

std::size_t by_article(const Corpus& corpus, std::size_t paragraph, std::size_t devices) {
  return corpus.paragraphs[paragraph].article % devices;
}

void lay_out(const Corpus& corpus, Deal deal, std::size_t devices, const std::filesystem::path& into) {
  for (std::size_t i = 0; i < corpus.paragraphs.size(); ++i) {
    const auto folder = into / std::to_string(deal(corpus, i, devices));
    std::filesystem::create_directories(folder);
    std::ofstream(folder / ("paragraph-" + std::to_string(i) + ".txt")) << corpus.paragraphs[i].text << '\n';
  }
}

Library::Library(const Corpus& corpus, Deal deal, std::size_t devices) : corpus_(&corpus), devices_(devices) {
  const node::TemporaryFolder folder;
  lay_out(corpus, deal, devices, folder.path());
  std::vector<std::unique_ptr<node::Knowledge>> models;
  std::vector<moa::Sketch> sketches;
  for (std::size_t i = 0; i < devices; ++i) {
    const auto shelf = folder.path() / std::to_string(i);
    auto model = node::Knowledge::open(
        {.folders = {shelf}, .index = shelf.string() + "-index", .tell = some_mesh, .look_every = 24h});
    if (!model) throw std::runtime_error(model.error().text);
    sketches.push_back((*model)->profile().topics);
    models.push_back(std::move(*model));
  }
  std::vector<const moa::Sketch*> told;
  for (const auto& sketch : sketches) told.push_back(&sketch);
  for (const auto& question : corpus.questions) {
    Asked asked;
    const auto request = request_of(question.question);
    for (const auto& model : models) asked.proposals.push_back(proposal(*model, request));
    std::vector<moa::Topic> topics;
    for (const auto& term : node::KnowledgeIndex::query_terms_of(question.question))
      topics.push_back(moa::topic_of(some_mesh, term));
    asked.shares = moa::shares_of(topics, told);
    asked_.push_back(std::move(asked));
  }
}

double Library::recall(std::size_t k, Peers peers, std::uint64_t seed) const {
  const moa::Taste taste;
  std::size_t right = 0;
  for (std::size_t i = 0; i < asked_.size(); ++i) {
    auto devices = order(i, peers, seed);
    devices.resize(std::min(k + 1, devices.size()));
    std::vector<moa::Spoken> spoken;
    for (const auto device : devices) {
      if (const auto& proposal = asked_[i].proposals[device]) spoken.push_back(*proposal);
    }
    const auto& question = corpus_->questions[i];
    const auto answer = moa::choose(question.question, spoken, taste).text;
    right += node::eval::contains_gold(best_passage(answer), question) ? 1u : 0u;
  }
  return 100.0 * static_cast<double>(right) / static_cast<double>(asked_.size());
}

/// The own device, then the others in the order in which they are asked.
std::vector<std::size_t> Library::order(std::size_t question, Peers peers, std::uint64_t seed) const {
  std::vector<std::size_t> devices(devices_);
  std::iota(devices.begin(), devices.end(), std::size_t{0});
  std::rotate(devices.begin(), devices.begin() + static_cast<std::ptrdiff_t>(question % devices_),
              devices.end());
  Random random(seed + question);
  for (std::size_t i = devices.size(); i > 2; --i)
    std::swap(devices[i - 1], devices[1 + random.below(i - 1)]);
  if (peers == Peers::by_sketch) {
    const auto& shares = asked_[question].shares;
    std::stable_sort(devices.begin() + 1, devices.end(),
                     [&](std::size_t a, std::size_t b) { return shares[a] > shares[b]; });
  }
  return devices;
}

}  // namespace grapevine::bench
