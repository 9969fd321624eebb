#include "node/models/knowledge.hpp"

#include "moa/sentences.hpp"
#include "moa/text.hpp"
#include "node/models/transcript.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace grapevine::node {
namespace {

constexpr double covered_least = 0.3;  // of the query's weight; below, a passage is about something else
constexpr std::size_t sentences_max = 3;
constexpr std::size_t citations_max = decltype(moa::Evidence::citations)::max;

using Weights = std::map<std::string, double>;  // by term; a query's weight is their sum

/// How much each term tells, from how rare it is (BM25's inverse document frequency). A term no passage has
/// counts as if one had it: it may be just how the question is put.
Weights weigh(const std::vector<std::string>& terms, const Findings& findings) {
  Weights weights;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const double with = std::max(findings.passages_with[i], 1u);
    weights[terms[i]] = std::log(1 + (findings.passages - with + 0.5) / (with + 0.5));
  }
  return weights;
}

double weight_of(const std::vector<std::string>& terms, const Weights& weights) {
  double sum = 0;
  for (const auto& term : terms) {
    const auto found = weights.find(term);
    if (found != weights.end()) sum += found->second;
  }
  return sum;
}

/// The sentences that carry most of the query's weight, in their own order; the first if none does, because
/// then the title is what matched.
std::string extract(const std::string& passage, const Weights& weights);

moa::Evidence evidence_of(const Findings& findings, const std::vector<std::string>& terms);

}  // namespace

Result<std::unique_ptr<Knowledge>> Knowledge::open(KnowledgeOptions options) {
  std::error_code trouble;
  std::filesystem::create_directories(options.index, trouble);
  if (trouble) return fail(Code::storage, options.index.string() + ": " + trouble.message());
  auto index = KnowledgeIndex::open(options.index);
  if (!index) return fail(index.error());
  std::unique_ptr<Knowledge> made(new Knowledge(std::move(options), std::move(*index)));
  if (auto looked = made->look(); !looked) return fail(looked.error());
  return made;
}

moa::Profile Knowledge::profile() const {
  return {.kind = {"knowledge"},
          .model = {"documents"},
          .family = {"knowledge"},
          .slots = 1,
          .synthesizes = false,
          .topics = topics_};
}

Result<moa::Finished> Knowledge::generate(const Request& request, Sink& sink, std::stop_token) {
  if (auto looked = look(); !looked) return fail(looked.error());
  const auto terms = KnowledgeIndex::query_terms_of(moa::question_of(request.turns));
  if (terms.empty()) return fail(Code::unknown, "I do not know: the question has no word to look for");
  const auto findings = index_.search(terms, citations_max);
  if (!findings) return fail(findings.error());

  const auto weights = weigh(terms, *findings);
  const double covered = findings->hits.empty() ? 0 : weight_of(findings->hits[0].matched, weights);
  if (covered < covered_least * weight_of(terms, weights) || covered == 0)
    return fail(Code::unknown, "I do not know: no document here is about this");

  Transcript transcript(sink);
  transcript.add(extract(findings->hits[0].passage, weights));
  auto finished = transcript.finish(Ending::complete, request);
  if (finished) finished->evidence = evidence_of(*findings, terms);
  return finished;
}

// A folder that cannot be read now is said at the next question.
void Knowledge::refresh() {
  (void)look();
}

std::string Knowledge::status() const {
  auto text =
      std::to_string(index_.passages()) + " passages of " + std::to_string(index_.documents()) + " documents";
  for (const auto& [code, count] : index_.skipped()) {
    const auto why = code == Code::unknown     ? "empty"
                     : code == Code::too_big   ? "over 8 MiB"
                     : code == Code::malformed ? "not text"
                                               : "unreadable";
    text += "; passed over: " + std::to_string(count) + " " + why;
  }
  if (listing_.left_out > 0) text += "; " + std::to_string(listing_.left_out) + " more than fit";
  for (const auto& folder : listing_.absent) text += "; cannot open " + folder;
  if (options_.folders.empty()) text += "; no folder is configured";
  return text;
}

Knowledge::Knowledge(KnowledgeOptions options, KnowledgeIndex index)
    : options_(std::move(options)),
      index_(std::move(index)),
      looked_(std::chrono::steady_clock::time_point::min()) {}

Result<void> Knowledge::look() {
  const auto now = std::chrono::steady_clock::now();
  if (looked_ != looked_.min() && now - looked_ < options_.look_every) return {};
  looked_ = now;
  listing_ = list_documents(options_.folders);
  const auto changed = index_.follow(listing_);
  if (!changed) return fail(changed.error());
  if (!options_.tell || (topics_.is_told() && !*changed)) return {};
  const auto terms = index_.terms();
  if (!terms) return fail(terms.error());
  topics_ = moa::Sketch(*options_.tell, *terms);
  return {};
}

namespace {

std::string extract(const std::string& passage, const Weights& weights) {
  const auto sentences = moa::sentences_of(passage);
  std::vector<std::pair<double, std::size_t>> ranked;
  for (std::size_t i = 0; i < sentences.size(); ++i)
    ranked.emplace_back(-weight_of(KnowledgeIndex::terms_of(sentences[i]), weights), i);
  std::sort(ranked.begin(), ranked.end());  // heaviest first; of equals the earlier
  if (ranked.size() > sentences_max) ranked.resize(sentences_max);
  const bool any_weight = ranked.front().first < 0;
  std::erase_if(ranked, [&](const auto& entry) { return any_weight ? entry.first == 0 : entry.second > 0; });
  std::sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.second < b.second; });

  std::string text;
  for (const auto& [weight, at] : ranked) text.append(text.empty() ? "" : " ").append(sentences[at]);
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

moa::Evidence evidence_of(const Findings& findings, const std::vector<std::string>& terms) {
  moa::Evidence evidence;
  evidence.passages = findings.passages;
  evidence.passage_length_mean = findings.passage_length_mean;
  for (std::size_t i = 0; i < terms.size(); ++i)
    evidence.terms.push_back({.term = terms[i], .documents = findings.passages_with[i]});
  for (const auto& hit : findings.hits)
    evidence.citations.push_back(
        {.passage = std::string(moa::cut(hit.passage, decltype(moa::Citation::passage)::max)),
         .title = std::string(moa::cut(hit.title, decltype(moa::Citation::title)::max)),
         .document = std::string(moa::cut(hit.document, decltype(moa::Citation::document)::max)),
         .offset = hit.offset});
  return evidence;
}

}  // namespace
}  // namespace grapevine::node
