#include "gossip/rumors.hpp"

namespace grapevine::gossip {

List<Rumor, 6> RumorMill::next(Peer addressee) {
  List<Rumor, 6> told;
  std::size_t bytes = 0;
  const auto take = [&](Peer about) {
    std::vector<Rumor> sentences = members_.proof(about);
    std::size_t size = 0;
    for (const Rumor& sentence : sentences) size += wire_size(sentence);
    const bool fits = told.empty() || bytes + size <= config_.rumor_bytes_max;
    if (!fits || told.size() + sentences.size() > told.max) return Ride::refused;
    bytes += size;
    for (Rumor& sentence : sentences) told.push_back(std::move(sentence));
    return Ride::taken;
  };

  const unsigned most = config_.rides(members_.up_count());
  const Member* hearer = members_.find(addressee);
  if (hearer && hearer->standing.status != Status::alive) take(addressee);
  const Peer myself = members_.myself();
  if (rides_.has(myself) && take(myself) == Ride::taken) rides_.told(myself, most);
  const std::size_t offers = told.max * 2;  // some will not fit; no message looks further
  rides_.board(offers, most, [&](Peer about) {
    if (about == addressee || about == myself) return Ride::refused;
    return take(about);
  });
  return told;
}

std::size_t wire_size(const Rumor& rumor) {
  constexpr std::size_t frame = 80;  // a signature of 64 bytes, lengths and the three little arrays
  if (rumor.alive) return frame + rumor.alive->payload().size();
  if (rumor.accusation) return frame + rumor.accusation->payload().size();
  if (rumor.left) return frame + rumor.left->payload().size();
  return frame;
}

}  // namespace grapevine::gossip
