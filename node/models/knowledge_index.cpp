#include "node/models/knowledge_index.hpp"

#include "moa/text.hpp"
#include "node/models/knowledge_manifest.hpp"
#include "node/models/passages.hpp"
#include "node/models/stop_words.hpp"
#include "node/models/utf8.hpp"

#include <algorithm>

#include <malloc.h>
#include <xapian.h>

namespace grapevine::node {
namespace {

/// Changes with how passages and terms are made: an index of another form is built anew.
constexpr std::string_view form = "1";

// What Anserini ships for passages. On XQuAD (1190 questions, 240 paragraphs) the best passage holds the
// answer in 94.4 % of cases, with Okapi's older 1.2 and 0.75 in 93.9 %.
constexpr double term_saturation = 0.9;
constexpr double length_weight = 0.4;
constexpr std::size_t passages_per_commit = 1000;  // bounds what Xapian holds in memory before it writes

// Where the parts of a passage stand in its Xapian document.
enum Slot : Xapian::valueno { title_slot, name_slot, offset_slot };

class QueryStopper final : public Xapian::Stopper {
 public:
  bool operator()(const std::string& word) const override { return is_stop_word(word); }
};

/// The term that marks a file's passages; those of texts are lower case, so the two never clash.
std::string mark_of(std::uint64_t number) {
  return "Q" + std::to_string(number);
}

bool is_mark(const std::string& term) {
  return term.starts_with('Q');
}

Xapian::Document make_document(const Document& document, const Passage& passage, const std::string& name);
std::vector<std::string> stems(std::string_view text, const Xapian::Stopper* stopper);

}  // namespace

struct KnowledgeIndex::Store {
  std::string folder;
  Xapian::Database database = {};
  Manifest manifest = {};
  std::size_t passages = 0;
  std::uint64_t next_number = 0;

  Findings search(const std::vector<std::string>& terms, std::uint32_t most) const;
  void load();
  bool apply(const Listing& listing);
  void remove_gone(Xapian::WritableDatabase& writer, const Listing& listing);
  std::size_t take(Xapian::WritableDatabase& writer, const std::string& path, const ListedFile& file);
};

Result<KnowledgeIndex> KnowledgeIndex::open(const std::filesystem::path& folder) {
  auto store = std::make_unique<Store>();
  store->folder = folder.string();
  try {
    store->load();
  } catch (const Xapian::Error&) {
    try {  // missing, damaged, or of another form
      Xapian::WritableDatabase(store->folder, Xapian::DB_CREATE_OR_OVERWRITE | Xapian::DB_NO_SYNC);
      store->load();
    } catch (const Xapian::Error& error) {
      return fail(Code::storage, store->folder + ": " + error.get_msg());
    }
  }
  return KnowledgeIndex(std::move(store));
}

Result<bool> KnowledgeIndex::follow(const Listing& listing) {
  try {
    return store_->apply(listing);
  } catch (const Xapian::Error& error) {
    store_->manifest.clear();
    return fail(Code::storage, store_->folder + ": " + error.get_msg());
  }
}

Result<Findings> KnowledgeIndex::search(const std::vector<std::string>& terms, std::uint32_t most) const {
  try {
    return store_->search(terms, most);
  } catch (const Xapian::Error& error) {
    store_->manifest.clear();  // damaged: the next look builds it anew
    return fail(Code::storage, store_->folder + ": " + error.get_msg());
  }
}

std::vector<std::string> KnowledgeIndex::terms_of(std::string_view text) {
  return stems(text, nullptr);
}

std::vector<std::string> KnowledgeIndex::query_terms_of(std::string_view question) {
  using Counted = decltype(moa::Evidence::terms);
  const QueryStopper stopper;
  auto terms = stems(question, &stopper);
  std::erase_if(terms, [](const auto& term) { return term.size() > decltype(moa::TermCount::term)::max; });
  if (terms.size() > Counted::max) terms.resize(Counted::max);
  return terms;
}

Result<std::vector<std::string>> KnowledgeIndex::terms() const {
  try {
    std::vector<std::string> terms(store_->database.allterms_begin(), store_->database.allterms_end());
    std::erase_if(terms, is_mark);
    return terms;
  } catch (const Xapian::Error& error) {
    return fail(Code::storage, store_->folder + ": " + error.get_msg());
  }
}

std::size_t KnowledgeIndex::passages() const {
  return store_->passages;
}

std::size_t KnowledgeIndex::documents() const {
  std::size_t count = 0;
  for (const auto& [path, known] : store_->manifest) count += known.skipped ? 0u : 1u;
  return count;
}

std::map<Code, std::size_t> KnowledgeIndex::skipped() const {
  std::map<Code, std::size_t> counts;
  for (const auto& [path, known] : store_->manifest) {
    if (known.skipped) ++counts[*known.skipped];
  }
  return counts;
}

KnowledgeIndex::KnowledgeIndex(std::unique_ptr<Store> store) : store_(std::move(store)) {}
KnowledgeIndex::KnowledgeIndex(KnowledgeIndex&&) noexcept = default;
KnowledgeIndex& KnowledgeIndex::operator=(KnowledgeIndex&&) noexcept = default;
KnowledgeIndex::~KnowledgeIndex() = default;

void KnowledgeIndex::Store::load() {
  database = Xapian::Database(folder);
  passages = database.get_doccount();
  const bool same_form = database.get_metadata("form") == form;
  manifest = same_form ? read_manifest(database.get_metadata("manifest")) : Manifest{};
  for (const auto& [path, known] : manifest) next_number = std::max(next_number, known.number + 1);
}

Findings KnowledgeIndex::Store::search(const std::vector<std::string>& terms, std::uint32_t most) const {
  Findings findings;
  findings.passages = database.get_doccount();
  findings.passage_length_mean = static_cast<std::uint32_t>(database.get_average_length() + 0.5);
  for (const auto& term : terms) findings.passages_with.push_back(database.get_termfreq(term));

  Xapian::Enquire enquire(database);
  enquire.set_query(Xapian::Query(Xapian::Query::OP_OR, terms.begin(), terms.end()));
  enquire.set_weighting_scheme(Xapian::BM25Weight(term_saturation, 0, 1, length_weight, 0.5));
  const auto found = enquire.get_mset(0, most);
  for (auto at = found.begin(); at != found.end(); ++at) {
    const auto document = at.get_document();
    const double offset = Xapian::sortable_unserialise(document.get_value(offset_slot));
    findings.hits.push_back(
        {.passage = document.get_data(),
         .title = document.get_value(title_slot),
         .document = document.get_value(name_slot),
         .offset = static_cast<std::uint32_t>(offset),
         .matched = {enquire.get_matching_terms_begin(at), enquire.get_matching_terms_end(at)}});
  }
  return findings;
}

bool KnowledgeIndex::Store::apply(const Listing& listing) {
  const auto unchanged = [&](const auto& entry) {
    const auto known = manifest.find(entry.first);
    return known != manifest.end() && known->second.stamp == entry.second.stamp;
  };
  const bool fresh = manifest.empty();
  if (!fresh && manifest.size() == listing.files.size() &&
      std::all_of(listing.files.begin(), listing.files.end(), unchanged))
    return false;
  if (fresh && listing.files.empty() && passages == 0) return false;

  const int how = fresh ? Xapian::DB_CREATE_OR_OVERWRITE : Xapian::DB_OPEN;
  Xapian::WritableDatabase writer(folder, how | Xapian::DB_NO_SYNC);
  const auto commit = [&] {
    writer.set_metadata("form", std::string(form));
    writer.set_metadata("manifest", write_manifest(manifest));
    writer.commit();
  };
  if (listing.is_whole) remove_gone(writer, listing);
  std::size_t waiting = 0;
  for (const auto& entry : listing.files) {
    if (unchanged(entry)) continue;
    waiting += take(writer, entry.first, entry.second);
    if (waiting < passages_per_commit) continue;
    commit();
    waiting = 0;
  }
  commit();
  writer.close();
  database = Xapian::Database(folder);
  passages = database.get_doccount();
  malloc_trim(0);  // what indexing took: some 4 MiB that an idle node should not keep
  return true;
}

void KnowledgeIndex::Store::remove_gone(Xapian::WritableDatabase& writer, const Listing& listing) {
  std::erase_if(manifest, [&](const auto& entry) {
    if (listing.files.contains(entry.first)) return false;
    writer.delete_document(mark_of(entry.second.number));
    return true;
  });
}

/// Replaces what the index has of a file by what stands in it now; the number of its passages.
std::size_t KnowledgeIndex::Store::take(Xapian::WritableDatabase& writer, const std::string& path,
                                        const ListedFile& file) {
  const auto [entry, is_new] = manifest.try_emplace(path);
  auto& known = entry->second;
  if (is_new) {
    known.number = next_number++;
  } else {
    writer.delete_document(mark_of(known.number));
  }
  known.stamp = file.stamp;
  known.skipped.reset();
  const auto text = read_document(path);
  if (!text) {
    known.skipped = text.error().code;
    return 0;
  }
  const auto document = split_document(*text, repair_utf8(std::filesystem::path(path).filename().string()));
  if (document.passages.empty()) known.skipped = Code::unknown;
  for (const auto& passage : document.passages) {
    auto stored = make_document(document, passage, moa::printable(repair_utf8(file.name)));
    stored.add_boolean_term(mark_of(known.number));
    writer.add_document(stored);
  }
  return document.passages.size();
}

namespace {

Xapian::TermGenerator term_generator(const Xapian::Stopper* stopper) {
  Xapian::TermGenerator generator;
  generator.set_stemmer(Xapian::Stem("english"));
  generator.set_stemming_strategy(Xapian::TermGenerator::STEM_ALL);
  if (stopper != nullptr) {
    generator.set_stopper(stopper);
    generator.set_stopper_strategy(Xapian::TermGenerator::STOP_ALL);
  }
  return generator;
}

/// A passage with its title, whose words are its terms too: under "Boiler" the text need not say boiler.
Xapian::Document make_document(const Document& document, const Passage& passage, const std::string& name) {
  const bool headed = !passage.heading.empty() && passage.heading != document.title;
  const auto title = headed ? document.title + ": " + passage.heading : document.title;
  auto generator = term_generator(nullptr);
  generator.index_text_without_positions(passage.text);
  generator.index_text_without_positions(title);
  auto made = generator.get_document();
  made.set_data(passage.text);
  made.add_value(title_slot, title);
  made.add_value(name_slot, name);
  made.add_value(offset_slot, Xapian::sortable_serialise(passage.offset));
  return made;
}

std::vector<std::string> stems(std::string_view text, const Xapian::Stopper* stopper) {
  auto generator = term_generator(stopper);
  generator.index_text_without_positions(std::string(text));
  const auto& document = generator.get_document();
  return {document.termlist_begin(), document.termlist_end()};
}

}  // namespace
}  // namespace grapevine::node
