#include "node/key_ring.hpp"

#include "crypto/key_file.hpp"
#include "dns/record.hpp"

#include <fstream>

namespace grapevine::node {

namespace {

namespace fs = std::filesystem;

using Records = List<Blob<dns::datagram_bytes_max>, dns::rotations_max + 1>;

bool is_there(const fs::path& file) {
  std::error_code ignored;
  return fs::exists(file, ignored);
}

}  // namespace

Result<KeyRing::Successor> KeyRing::prepare() {
  auto next = load("next", "next");
  if (!next) return fail(next.error());
  if (!is_there(keys_ / "after")) {
    const auto fresh = SigningKey::generate();
    if (auto saved = save_key(keys_ / "after", "next", fresh.seed()); !saved) return fail(saved.error());
  }
  const auto after = load("after", "next");
  if (!after) return fail(after.error());
  return Successor{std::move(*next), after->commitment()};
}

Result<void> KeyRing::keep(const std::vector<Bytes>& chain) {
  Records records;
  for (const Bytes& record : chain) records.emplace_back(record);
  constexpr unsigned owner_only = 0600;
  if (auto written = write_file(keys_ / "chain", text(wire::encode(records)), owner_only); !written)
    return written;
  return settle();
}

Result<void> KeyRing::settle() {
  for (;;) {
    const auto done = settle_one();
    if (!done) return fail(done.error());
    if (!*done) return {};
  }
}

Result<bool> KeyRing::settle_one() {
  const auto records = chain();
  if (!records) return fail(records.error());
  if (records->empty()) return false;
  const auto body = dns::body_of(records->back());
  const auto* last = body ? std::get_if<dns::Rotation>(&*body) : nullptr;
  const auto operational = load("operational", "operational");
  const auto next = load("next", "next");
  for (const auto* key : {&operational, &next})
    if (!*key) return fail(key->error());

  if (last != nullptr && operational->public_key() == last->key) {
    if (!is_there(keys_ / "after")) return false;
    const auto after = load("after", "next");
    if (!after) return fail(after.error());
    if (after->commitment() != last->next) return false;  // prepared, and not rotated
    if (next->public_key() != after->public_key()) {
      const auto replaced = replace_key(keys_ / "next", "next", after->seed());
      return replaced ? Result<bool>(true) : fail(replaced.error());
    }
    std::error_code failed;
    fs::remove(keys_ / "after", failed);
    return failed ? fail(Code::storage, "cannot remove " + (keys_ / "after").string()) : Result<bool>(true);
  }
  if (last == nullptr || next->public_key() != last->key)
    return fail(Code::refused,
                keys_.string() + " holds keys that do not follow each other; restore the folder from a copy");
  const auto replaced = replace_key(keys_ / "operational", "operational", next->seed());
  return replaced ? Result<bool>(true) : fail(replaced.error());
}

Result<std::vector<Bytes>> KeyRing::chain() const {
  if (!is_there(keys_ / "chain")) return std::vector<Bytes>{};
  std::ifstream from(keys_ / "chain", std::ios::binary);
  const std::string content(std::istreambuf_iterator<char>(from), {});
  constexpr wire::Limits limits{.array_max = dns::rotations_max + 1, .bytes_max = dns::datagram_bytes_max};
  const auto records = wire::decode<Records>(view(content), limits);
  if (!records)
    return fail(Code::malformed,
                (keys_ / "chain").string() + " is damaged; restore the keys folder from a copy");
  return std::vector<Bytes>(records->begin(), records->end());
}

Result<SigningKey> KeyRing::load(std::string_view file, std::string_view kind) const {
  const auto seed = load_key(keys_ / file, kind);
  if (!seed) return fail(seed.error());
  return SigningKey::from_seed(*seed);
}

Result<dns::KeyChain::Link> last_link(const MeshId& mesh, const Inception& inception,
                                      const std::vector<Bytes>& chain) {
  const NodeId node = node_id(mesh, inception);
  dns::KeyChain keys({.record = {}, .key = inception.key, .next = inception.next});
  for (std::uint32_t rot = 0; rot < chain.size(); ++rot) {
    const auto unsealed = dns::unseal(chain[rot], mesh);
    const auto body = dns::body_of(chain[rot]);
    const auto* sealed = std::get_if<dns::Sealed>(&unsealed);
    const auto* origin = body ? std::get_if<dns::Origin>(&*body) : nullptr;
    const auto* next = body ? std::get_if<dns::Rotation>(&*body) : nullptr;
    const bool begins = rot == 0 && origin != nullptr && node_id(mesh, *origin) == node;
    const bool follows = rot > 0 && next != nullptr && next->node == node && next->rot == rot &&
                         next->prev == keys.tip().record && keys.is_promised(rot, next->key);
    if (sealed == nullptr || (!begins && !follows))
      return fail(Code::malformed, "keys/chain is not the history of this node");
    if (begins) {
      keys = dns::KeyChain({.record = sealed->id, .key = origin->key, .next = origin->next});
    } else {
      keys.put(rot, {.record = sealed->id, .key = next->key, .next = next->next});
    }
  }
  return keys.tip();
}

}  // namespace grapevine::node
