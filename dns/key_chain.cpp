#include "dns/key_chain.hpp"

namespace grapevine::dns {

const KeyChain::Link* KeyChain::find(std::uint32_t rot) const {
  return rot < links_.size() ? &links_[rot] : nullptr;
}

bool KeyChain::is_promised(std::uint32_t rot, const PublicKey& key) const {
  const Link* before = rot == 0 ? nullptr : find(rot - 1);
  return before != nullptr && before->next == commitment_of(key);
}

std::vector<KeyChain::Link> KeyChain::put(std::uint32_t rot, Link link) {
  ensure(is_promised(rot, link.key), "each key was promised by the one before");
  const auto at = links_.begin() + rot;
  std::vector<Link> replaced(at, links_.end());
  ensure(replaced.empty() || replaced.front().record < link.record, "the larger record id stands");
  links_.erase(at, links_.end());
  links_.push_back(std::move(link));
  return replaced;
}

}  // namespace grapevine::dns
