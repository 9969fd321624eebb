// What names cost inside one process: ten thousand devices in one registry. Resolving (a name to its address,
// as the DNS thread does it; `names.view` is the whole view of a name, from the registry) stands beside the
// same number of reads from raw LMDB, taking records in beside the signature check alone, reading a query
// beside ldns. Each pair is measured in turns, so that both see the same moods of the machine.
#include "bench/figures.hpp"
#include "bench/registry_of.hpp"
#include "dns/responder.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>

#include <ldns/ldns.h>
#include <lmdb.h>
#include <sodium.h>
#include <unistd.h>

using namespace grapevine;
using namespace grapevine::dns;

namespace {

constexpr unsigned devices = 10'000;
constexpr int rounds = 100;  // short ones: the least of them was disturbed by nobody
constexpr int calls = 5'000;
constexpr std::size_t record_bytes = 400;  // a usual ADDR

/// The names of all devices as queries spell them, in an order that helps no cache.
std::vector<std::string> wire_names() {
  std::vector<std::string> names;
  for (unsigned i = 0; i < devices; ++i)
    names.push_back(*wire_name(bench::label_of(1 + i * 7919 % devices) + ".home.internal"));
  return names;
}

std::string million(double taken) {
  return std::to_string(1e-6 / taken).substr(0, 5) + " M/s";
}

double resident_mib() {
  std::ifstream statm("/proc/self/statm");
  double total = 0;
  double resident = 0;
  statm >> total >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 20);
}

/// A table of as many records under as many keys, read with a transaction renewed for each.
class RawTable {
 public:
  explicit RawTable(const std::vector<std::string>& keys)
      : folder_(std::filesystem::temp_directory_path() / ("grapevine-raw-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
    mdb_env_create(&env_);
    mdb_env_set_mapsize(env_, 64u << 20);
    ensure(mdb_env_open(env_, folder_.c_str(), MDB_NOTLS, 0600) == 0, "LMDB opens a new folder");
    MDB_txn* writing = nullptr;
    mdb_txn_begin(env_, nullptr, 0, &writing);
    mdb_dbi_open(writing, nullptr, 0, &table_);
    std::string value(record_bytes, 'x');
    for (const auto& key : keys) {
      MDB_val at = val(key), with = val(value);
      mdb_put(writing, table_, &at, &with, 0);
    }
    ensure(mdb_txn_commit(writing) == 0, "LMDB commits");
    mdb_txn_begin(env_, nullptr, MDB_RDONLY, &reading_);
    mdb_txn_reset(reading_);
  }
  RawTable(const RawTable&) = delete;
  ~RawTable() {
    mdb_txn_abort(reading_);
    mdb_env_close(env_);
    std::filesystem::remove_all(folder_);
  }
  std::size_t get(const std::string& key) {
    mdb_txn_renew(reading_);
    MDB_val at = val(key), found{};
    ensure(mdb_get(reading_, table_, &at, &found) == 0, "what was put is there");
    mdb_txn_reset(reading_);
    return found.mv_size;
  }

 private:
  static MDB_val val(const std::string& bytes) { return {bytes.size(), const_cast<char*>(bytes.data())}; }
  std::filesystem::path folder_;
  MDB_env* env_ = nullptr;
  MDB_dbi table_ = 0;
  MDB_txn* reading_ = nullptr;
};

/// Seconds a call of each takes, the least of rounds in turn.
template <class Ours, class Theirs>
std::pair<double, double> in_turns(int number, Ours&& ours, Theirs&& theirs) {
  std::pair least{1.0, 1.0};
  for (int round = 0; round < rounds; ++round) {
    least.first = std::min(least.first, bench::seconds_per_call(1, number, ours));
    least.second = std::min(least.second, bench::seconds_per_call(1, number, theirs));
  }
  return least;
}

void measure_resolving(bench::Figures& figures, const Zone& zone, WallTime now) {
  const auto names = wire_names();
  RawTable raw(names);
  Bytes answer;
  std::size_t at = 0, bytes = 0;
  const auto ours = [&] {
    answer.clear();
    Section section{answer};
    ensure(zone.answer(names[at++ % devices], Type::a, now, 0, section) == Zone::Outcome::found,
           "it is there");
    bytes += answer.size();
  };
  const auto theirs = [&] { bytes += raw.get(names[at++ % devices]); };
  const auto [with, without] = in_turns(calls, ours, theirs);
  ensure(bytes > 0, "something was found");
  figures.add({.name = "names.resolve",
               .value = 1e-6 / with,
               .unit = "M/s",
               .target = ">= 1.5",
               .met = 1e-6 / with >= 1.5,
               .baseline = "raw mdb_get, renewed " + million(without)});
  figures.add({.name = "names.resolve_ratio",
               .value = without / with,
               .unit = "of its rate",
               .target = ">= 0.35",
               .met = without / with >= 0.35,
               .baseline = "raw mdb_get of 400 bytes"});
}

void measure_parsing(bench::Figures& figures) {
  Bytes query{0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0};
  append(query, view(*wire_name("device-7.home.internal")));
  append(query, Bytes{0, 1, 0, 1});
  std::size_t bytes = 0;
  const auto ours = [&] { bytes += read_query(query)->question.size(); };
  const auto theirs = [&] {
    ldns_pkt* packet = nullptr;
    if (ldns_wire2pkt(&packet, query.data(), query.size()) == LDNS_STATUS_OK) bytes += ldns_pkt_size(packet);
    ldns_pkt_free(packet);
  };
  const auto [with, without] = in_turns(calls, ours, theirs);
  ensure(bytes > 0, "something was read");
  figures.add({.name = "names.parse",
               .value = with * 1e6,
               .unit = "us",
               .baseline = "ldns_wire2pkt " + std::to_string(without * 1e6).substr(0, 5) + " us"});
}

void measure_view(bench::Figures& figures, const Registry& registry, WallTime now) {
  unsigned at = 0;
  std::size_t bytes = 0;
  const double taken = bench::seconds_per_call(rounds, calls / 50, [&] {
    bytes += registry.resolve(bench::label_of(1 + at++ * 7919 % devices), now)->endpoints.size();
  });
  ensure(bytes > 0, "something was found");
  figures.add(
      {.name = "names.view", .value = taken * 1e6, .unit = "us", .baseline = "all of `grapevine lookup`"});
}

void measure_finding(bench::Figures& figures, const Registry& registry, WallTime now) {
  std::vector<double> times;
  constexpr std::size_t limit = 16;
  for (int i = 0; i < 2000; ++i) {
    times.push_back(bench::seconds_per_call(1, 1, [&] {
      ensure(registry.find({"gripper", "vision"}, now, limit).size() == limit, "there are a hundred of them");
    }));
  }
  std::sort(times.begin(), times.end());
  const double p99 = times[times.size() * 99 / 100] * 1e6;
  figures.add({.name = "names.find_p99",
               .value = p99,
               .unit = "us",
               .target = "<= 100",
               .met = p99 <= 100,
               .baseline = "16 of 100 that do both, of 10 000"});
}

void measure_intake(bench::Figures& figures, bench::RegistryOf& town) {
  constexpr unsigned records = 50;
  double ours = 1;
  double sodium = 1;
  for (std::uint64_t seq = 2; seq < 2 + rounds; ++seq) {
    std::vector<Bytes> fresh;
    for (unsigned i = 0; i < records; ++i)
      fresh.push_back(bench::address_record(town.devices[i], i + 1, seq, town.begun));
    std::size_t at = 0;
    ours = std::min(ours, bench::seconds_per_call(1, records, [&] { town.hear(fresh[at++]); }));
    const auto sealed = std::get<Sealed>(unseal(fresh[0], sample::mesh().id));
    const auto key = town.devices[0].key.public_key();
    sodium =
        std::min(sodium, bench::seconds_per_call(1, records, [&] {
                   ensure(crypto_sign_verify_detached(sealed.signature.value.data(), sealed.sentence.data(),
                                                      sealed.sentence.size(), key.value.data()) == 0,
                          "what was signed verifies");
                 }));
  }
  figures.add({.name = "names.taken",
               .value = 1 / ours,
               .unit = "records/s",
               .baseline = "libsodium verify alone " + std::to_string(static_cast<int>(1 / sodium)) + "/s"});
}

}  // namespace

int main(int argc, char** argv) {
  start_crypto();
  const WallTime now = sample::noon;
  bench::Figures figures;
  bench::RegistryOf town(devices, now);
  const double before = resident_mib();
  Zone zone({.origin = "home.internal", .self = town.self.node, .provisional = true});
  std::size_t next = 0;
  const double rendering = bench::seconds_per_call(
      1, devices, [&] { zone.show(town.registry.presence(town.devices[next++].node, now)); });
  figures.add({.name = "names.render",
               .value = rendering * 1e6,
               .unit = "us",
               .baseline = "a node, all its records; 10 000 take " +
                           std::to_string(rendering * devices).substr(0, 4) + " s"});
  const double grown = resident_mib() - before;
  figures.add({.name = "names.zone_rss", .value = grown, .unit = "MiB", .baseline = "10 000 nodes shown"});
  measure_resolving(figures, zone, now);
  measure_parsing(figures);
  measure_view(figures, town.registry, now);
  measure_finding(figures, town.registry, now);
  measure_intake(figures, town);
  figures.print(argc, argv);
  return figures.exit_code();
}
