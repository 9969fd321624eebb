#include "node/models/knowledge.hpp"

#include "node/models/knowledge_manifest.hpp"
#include "node/models/models.hpp"
#include "tests/node/models/asked.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace grapevine;
using namespace grapevine::node;
using test::answer;
using test::Folder;

namespace {

constexpr auto boiler =
    "# Boiler\n\nThe boiler in the cellar was installed in 2014. Its filter is cleaned every March. The pump "
    "hums.\n\n"
    "The valve for the radiators is red.\n";

std::unique_ptr<Knowledge> open(const Folder& folder) {
  auto opened = Knowledge::open(
      {.folders = {folder.path() / "docs"}, .index = folder.path() / "index", .look_every = 0s});
  REQUIRE(opened);
  return std::move(*opened);
}

void write_household(const Folder& folder) {
  folder.write("docs/boiler.md", boiler);
  folder.write("docs/garden/roses.txt", "Roses are cut back in February. The hedge is cut in August.\n");
  folder.write("docs/wifi", "The guest network is called Heron. Its password hangs on the fridge.\n");
}

/// What is listed while one descriptor is left: the folder can be opened, what is below it cannot.
Listing list_with_one_descriptor(const std::filesystem::path& folder) {
  const int last = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::close(last);
  rlimit usual{};
  ::getrlimit(RLIMIT_NOFILE, &usual);
  rlimit few = usual;
  few.rlim_cur = static_cast<rlim_t>(last) + 1;
  ::setrlimit(RLIMIT_NOFILE, &few);
  auto listing = list_documents({folder});
  ::setrlimit(RLIMIT_NOFILE, &usual);
  return listing;
}

bool mentions(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("a question gets the sentences that answer it") {
  const Folder folder;
  write_household(folder);
  const auto model = open(folder);
  CHECK(mentions(answer(*model, "When is the filter of the boiler cleaned?")->text, "every March"));
  CHECK(mentions(answer(*model, "When are roses cut?")->text, "February"));
  CHECK(mentions(answer(*model, "What's the guest network called?")->text, "Heron"));
}

TEST_CASE("a citation points at the passage in its file") {
  const Folder folder;
  write_household(folder);
  const auto finished = answer(*open(folder), "Which valve is red?");
  REQUIRE(finished);
  const auto& citation = finished->evidence->citations.at(0);
  CHECK(citation.document == "boiler.md");
  CHECK(citation.title == "Boiler");
  CHECK(citation.passage == "The valve for the radiators is red.");
  CHECK(std::string(boiler).compare(citation.offset, citation.passage.size(), citation.passage) == 0);
}

TEST_CASE("evidence counts passages and the query's terms by their stems, also those that are missing") {
  const Folder folder;
  write_household(folder);
  const auto finished = answer(*open(folder), "Is the hedge or are the roses cutting zebras?");
  REQUIRE(finished);
  CHECK(finished->evidence->passages == 4);
  CHECK(finished->evidence->passage_length_mean > 5);
  const List<moa::TermCount, 32> expected({{{"cut"}, 1}, {{"hedg"}, 1}, {{"rose"}, 1}, {{"zebra"}, 0}});
  CHECK(finished->evidence->terms == expected);
}

TEST_CASE("a question about something else is not answered") {
  const Folder folder;
  write_household(folder);
  const auto model = open(folder);
  CHECK(answer(*model, "Who won the football championship yesterday evening?").error().code == Code::unknown);
  CHECK(answer(*model, "What is it?").error().code == Code::unknown);
  CHECK(answer(*model, "").error().code == Code::unknown);
}

TEST_CASE("a folder that is missing or empty leaves a model that does not know, and says why") {
  const Folder folder;
  auto model = open(folder);
  CHECK(answer(*model, "When is the filter cleaned?").error().code == Code::unknown);
  CHECK(mentions(model->status(), "cannot open " + (folder.path() / "docs").string()));
  std::filesystem::create_directories(folder.path() / "docs");
  model = open(folder);
  CHECK(answer(*model, "When is the filter cleaned?").error().code == Code::unknown);
  CHECK(mentions(model->status(), "0 passages of 0 documents"));
}

TEST_CASE("a file whose name is no text is read, and cited under a name that is") {
  const Folder folder;
  folder.write("docs/caf\xe9.txt", "The espresso machine is descaled in March.");
  const auto model = open(folder);
  const auto finished = answer(*model, "When is the espresso machine descaled?");
  REQUIRE(finished.has_value());
  CHECK(finished->evidence->citations.at(0).title == "caf\ufffd");
}

TEST_CASE("files that are no text are passed over and counted") {
  const Folder folder;
  write_household(folder);
  folder.write("docs/nul.txt", std::string("boiler\0boiler", 13));
  folder.write("docs/latin1.txt", "boiler caf\xe9");
  folder.write("docs/empty.txt", "");
  folder.write("docs/blank.txt", " \n\n");
  folder.write("docs/big.txt", std::string(document_bytes_max + 1, 'b'));
  const auto model = open(folder);
  CHECK(mentions(model->status(), "4 passages of 3 documents"));
  CHECK(mentions(model->status(), "2 empty"));
  CHECK(mentions(model->status(), "2 not text"));
  CHECK(mentions(model->status(), "1 over 8 MiB"));
}

TEST_CASE("hidden files, other endings and links out of the folder are never read") {
  const Folder folder;
  write_household(folder);
  folder.write("docs/.secret", "The boiler code is 1234.");
  folder.write("docs/.ssh/key", "The boiler code is 1234.");
  folder.write("docs/boiler.cpp", "The boiler code is 1234.");
  const auto outside = folder.write("outside.txt", "The boiler code is 1234.");
  std::filesystem::create_symlink(outside, folder.path() / "docs/link.txt");
  const auto model = open(folder);
  CHECK(mentions(model->status(), "4 passages of 3 documents"));
}

TEST_CASE("a changed, a new and a deleted file show in the next answer") {
  const Folder folder;
  write_household(folder);
  const auto model = open(folder);
  folder.write("docs/wifi", "The guest network is called Kingfisher since the new router came.\n");
  CHECK(mentions(answer(*model, "What is the guest network called?")->text, "Kingfisher"));
  folder.write("docs/cat.txt", "The cat Miro is fed at seven.\n");
  CHECK(mentions(answer(*model, "When is the cat fed?")->text, "seven"));
  std::filesystem::remove(folder.path() / "docs/cat.txt");
  CHECK(answer(*model, "When is the cat fed?").error().code == Code::unknown);
  CHECK(mentions(model->status(), "4 passages of 3 documents"));
}

TEST_CASE("a walk that breaks off adds what it has seen and forgets nothing") {
  const Folder folder;
  write_household(folder);
  const auto docs = folder.path() / "docs";
  auto index = KnowledgeIndex::open(folder.path() / "index");
  REQUIRE(index);
  CHECK(index->follow(list_documents({docs})) == true);
  CHECK(index->documents() == 3);
  const auto broken = list_with_one_descriptor(docs);
  CHECK(broken.files.size() < 3);
  CHECK_FALSE(broken.is_whole);
  CHECK(index->follow(broken));
  CHECK(index->documents() == 3);
  std::filesystem::remove_all(docs / "garden");
  CHECK(index->follow(list_documents({docs})) == true);
  CHECK(index->documents() == 2);
}

TEST_CASE("between two looks at the folder nothing is read again") {
  const Folder folder;
  write_household(folder);
  auto model = Knowledge::open(
      {.folders = {folder.path() / "docs"}, .index = folder.path() / "index", .look_every = 1h});
  folder.write("docs/cat.txt", "The cat Miro is fed at seven.\n");
  CHECK(answer(**model, "When is the cat fed?").error().code == Code::unknown);
}

TEST_CASE("the index outlives the model, and one that is damaged is built anew") {
  const Folder folder;
  write_household(folder);
  CHECK(answer(*open(folder), "Which valve is red?"));
  CHECK(answer(*open(folder), "Which valve is red?"));
  for (const auto& file : std::filesystem::directory_iterator(folder.path() / "index"))
    std::ofstream(file.path(), std::ios::trunc) << "not a database";
  CHECK(answer(*open(folder), "Which valve is red?"));
}

TEST_CASE("what an index remembers of its files is read back as it was written") {
  const Manifest manifest{
      {"/a b/\nc.txt", {.stamp = {.bytes = 7, .changed = -3}, .number = 12, .skipped = std::nullopt}},
      {"/d", {.stamp = {.bytes = 0, .changed = 1}, .number = 0, .skipped = Code::malformed}}};
  CHECK(read_manifest(write_manifest(manifest)) == manifest);
  CHECK(read_manifest("").empty());
}

TEST_CASE("an index folder that cannot be made is an error of storage") {
  const Folder folder;
  folder.write("index", "a file stands here");
  CHECK(Knowledge::open({.folders = {}, .index = folder.path() / "index"}).error().code == Code::storage);
}

TEST_CASE("a word of the heading finds the text below it") {
  const Folder folder;
  folder.write("docs/car.md",
               "# Car\n\n## Tyres\n\nThe pressure is 2.3 bar in front.\n\n## Oil\n\nTake 5W-30 only.\n");
  CHECK(mentions(answer(*open(folder), "Which oil?")->text, "5W-30"));
}

TEST_CASE("what the documents are about is told as a sketch, and follows them") {
  const Folder folder;
  write_household(folder);
  const MeshId mesh;
  const auto opened = Knowledge::open({.folders = {folder.path() / "docs"},
                                       .index = folder.path() / "index",
                                       .tell = mesh,
                                       .look_every = 0s});
  REQUIRE(opened);
  Model& model = **opened;
  const auto tells = [&](const std::string& word) {
    const auto terms = KnowledgeIndex::query_terms_of(word);
    return model.profile().topics.has(moa::topic_of(mesh, terms.at(0)));
  };
  CHECK(tells("radiators"));
  CHECK(tells("February"));
  CHECK_FALSE(tells("bicycle"));
  folder.write("docs/bicycle.txt", "The bicycles stand in the shed.\n");
  CHECK_FALSE(tells("bicycle"));
  model.refresh();
  CHECK(tells("bicycle"));
}

TEST_CASE("who was not told to tell, tells nobody") {
  const Folder folder;
  write_household(folder);
  CHECK_FALSE(open(folder)->profile().topics.is_told());
}

TEST_CASE("with no server to be found a node answers from its own documents") {
  const Folder folder;
  write_household(folder);
  const auto made = find_model({.folders = {folder.path() / "docs"}, .data = folder.path()}, {});
  REQUIRE(made);
  CHECK(made->model->profile().kind == "knowledge");
  CHECK_FALSE(made->model->profile().synthesizes);
  CHECK(mentions(made->description, "4 passages of 3 documents"));
}
