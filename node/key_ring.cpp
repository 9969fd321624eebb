#include "node/key_ring.hpp"

#include "crypto/key_file.hpp"
#include "dns/record.hpp"

#include <fstream>

namespace grapevine::node {

namespace {

namespace fs = std::filesystem;

using Records = List<Blob<dns::datagram_bytes_max>, dns::rotations_max + 1>;

}  // namespace

Result<KeyRing::Successor> KeyRing::successor(std::uint32_t rot) const {
  auto secret = load("next");
  if (!secret) return fail(secret.error());
  const Succession later(std::move(*secret));
  return Successor{later.key(rot), later.promise(rot)};
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
  const auto records = chain();
  if (!records) return fail(records.error());
  if (records->empty()) return {};
  const auto body = dns::body_of(records->back());
  const auto* last = body ? std::get_if<dns::Rotation>(&*body) : nullptr;
  const auto operational = load("operational");
  if (!operational) return fail(operational.error());
  if (last != nullptr && operational->public_key() == last->key) return {};

  auto secret = load("next");
  if (!secret) return fail(secret.error());
  const Succession later(std::move(*secret));
  if (last == nullptr || later.key(last->rot).public_key() != last->key)
    return fail(Code::refused,
                keys_.string() + " holds keys that do not follow each other; restore the folder from a copy");
  return replace_key(keys_ / "operational", "operational", later.key(last->rot).seed());
}

Result<std::vector<Bytes>> KeyRing::chain() const {
  std::error_code ignored;
  if (!fs::exists(keys_ / "chain", ignored)) return std::vector<Bytes>{};
  std::ifstream from(keys_ / "chain", std::ios::binary);
  const std::string content(std::istreambuf_iterator<char>(from), {});
  constexpr wire::Limits limits{.array_max = dns::rotations_max + 1, .bytes_max = dns::datagram_bytes_max};
  const auto records = wire::decode<Records>(view(content), limits);
  if (!records)
    return fail(Code::malformed,
                (keys_ / "chain").string() + " is damaged; restore the keys folder from a copy");
  return std::vector<Bytes>(records->begin(), records->end());
}

Result<SigningKey> KeyRing::load(std::string_view kind) const {
  const auto seed = load_key(keys_ / kind, kind);
  if (!seed) return fail(seed.error());
  return SigningKey::from_seed(*seed);
}

Result<dns::KeyChain::Link> last_link(const MeshId& mesh, const Inception& inception,
                                      const std::vector<Bytes>& chain) {
  const NodeId node = node_id(mesh, inception);
  dns::KeyChain keys({}, inception);
  for (std::uint32_t rot = 0; rot < chain.size(); ++rot) {
    const auto unsealed = dns::unseal(chain[rot], mesh);
    const auto body = dns::body_of(chain[rot]);
    const auto* sealed = std::get_if<dns::Sealed>(&unsealed);
    const auto* origin = body ? std::get_if<dns::Origin>(&*body) : nullptr;
    const auto* next = body ? std::get_if<dns::Rotation>(&*body) : nullptr;
    const bool begins = rot == 0 && origin != nullptr && node_id(mesh, *origin) == node;
    const bool follows = rot > 0 && next != nullptr && next->node == node && next->rot == rot &&
                         next->prev == keys.tip().record && keys.is_promised(next->key, next->next);
    if (sealed == nullptr || (!begins && !follows))
      return fail(Code::malformed, "keys/chain is not the history of this node");
    if (begins) {
      keys = dns::KeyChain(sealed->id, *origin);
    } else {
      keys.append({.record = sealed->id, .key = next->key, .next = next->next});
    }
  }
  return keys.tip();
}

}  // namespace grapevine::node
