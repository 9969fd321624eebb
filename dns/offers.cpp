#include "dns/offers.hpp"

#include "dns/intake.hpp"

#include <algorithm>

namespace grapevine::dns {

WallTime takes_effect(const Offer& offer) {
  return begin_of(offer.transfer.not_before);
}

WallTime accept_by(const Offer& offer) {
  return takes_effect(offer) - transfer_notice;
}

Reason Offers::take(const NodeId& from, const Offer& offer, const MeshId& mesh, Verifier& verifier,
                    WallTime now) {
  const Transfer& transfer = offer.transfer;
  const auto is_same = [&](const Offer& held) { return held.signature == offer.signature; };
  if (std::any_of(offers_.begin(), offers_.end(), is_same)) return Reason::duplicate;
  if (const Reason wrong = check(from, offer, now); wrong != Reason::none) return wrong;
  const auto& key = ledger_->find(from)->keys->tip().key;
  if (!verifier.verify(key, sentence_of(transfer, mesh), offer.signature)) return Reason::bad_signature;

  std::erase_if(offers_, [&](const Offer& held) {
    return accept_by(held) < now || (held.transfer.from == from && held.transfer.name == transfer.name);
  });
  const auto of_giver = std::count_if(offers_.begin(), offers_.end(),
                                      [&](const Offer& held) { return held.transfer.from == from; });
  if (static_cast<std::size_t>(of_giver) >= names_held_max) return Reason::over_quota;
  if (offers_.size() >= offers_max) return Reason::no_room;
  const auto after = [](const Offer& one, const Offer& held) { return accept_by(one) < accept_by(held); };
  offers_.insert(std::upper_bound(offers_.begin(), offers_.end(), offer, after), offer);
  return Reason::none;
}

std::vector<Offer> Offers::open(WallTime now) const {
  return those_open(offers_, now);
}

void Offers::make(const Offer& offer, WallTime now) {
  made_ = made(now);
  std::erase_if(made_, [&](const Offer& held) { return held.transfer.name == offer.transfer.name; });
  made_.push_back(offer);
}

std::vector<Offer> Offers::made(WallTime now) const {
  return those_open(made_, now);
}

std::vector<Offer> Offers::those_open(const std::vector<Offer>& offers, WallTime now) const {
  std::vector<Offer> open;
  std::copy_if(offers.begin(), offers.end(), std::back_inserter(open),
               [&](const Offer& offer) { return is_open(offer, now); });
  return open;
}

Reason Offers::check(const NodeId& from, const Offer& offer, WallTime now) const {
  const Transfer& transfer = offer.transfer;
  const auto* giver = ledger_->find(from);
  const auto* own = ledger_->find(self_);
  if (transfer.from != from || transfer.to != self_ || from == self_) return Reason::not_entitled;
  if (giver == nullptr || !giver->keys || own == nullptr || !own->keys) return Reason::unknown_node;
  if (transfer.from_rot != giver->keys->rot() || transfer.to_rot != own->keys->rot()) return Reason::stale;
  const auto name = Name::parse(std::string(transfer.name));
  if (!name || name->text() != transfer.name) return Reason::bad_name;
  if (accept_by(offer) < now) return Reason::stale;
  if (takes_effect(offer) > now + ahead_max + offer_terms * term_length) return Reason::future;
  return Reason::none;
}

bool Offers::is_open(const Offer& offer, WallTime now) const {
  const Transfer& transfer = offer.transfer;
  if (accept_by(offer) < now) return false;
  const Skeleton name = skeleton_of(transfer.name);
  const auto* giver = ledger_->find(transfer.from);
  const auto* said = giver == nullptr ? nullptr : giver->find(name);
  const bool is_news = said == nullptr || std::tie(said->rank.rot, said->rank.seq) <
                                              std::tie(transfer.from_rot, transfer.from_seq);
  const auto live = ledger_->live_claims(name, now);
  return is_news && std::any_of(live.begin(), live.end(),
                                [&](const auto& claim) { return claim.bearer == transfer.from; });
}

}  // namespace grapevine::dns
