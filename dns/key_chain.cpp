#include "dns/key_chain.hpp"

namespace grapevine::dns {

const KeyChain::Link* KeyChain::find(std::uint32_t rot) const {
  return rot < links_.size() ? &links_[rot] : nullptr;
}

bool KeyChain::is_promised(const PublicKey& key, const KeyCommitment& next) const {
  return tip().next == commitment_of(key, next);
}

void KeyChain::append(Link link) {
  ensure(is_promised(link.key, link.next), "each link was promised by the one before");
  links_.push_back(std::move(link));
}

}  // namespace grapevine::dns
