#include "moa/price.hpp"

#include "crypto/ensure.hpp"

#include <algorithm>

namespace grapevine::moa {

namespace {

/// How much better or worse a device is than the mean of those considered, in seconds; bounded, so that a
/// good name never fills a queue.
Duration credit(const Candidate& candidate, double quality_mean, const Purse& purse) {
  const Duration gain = from_seconds(purse.worth * (candidate.quality - quality_mean));
  return std::clamp(gain, -purse.patience / 2, purse.patience / 2);
}

Duration price(const Candidate& candidate, const Purse& purse) {
  return from_seconds(purse.dearness * seconds(candidate.wait)) + candidate.call;
}

/// Each device raises its hand after an exponential time of mean alpha; the soonest are taken.
std::vector<const Candidate*> draw_by_speed(const std::vector<Candidate>& peers, std::size_t count,
                                            Random& random) {
  struct Hand {
    bool is_untold;
    Duration at;
    const Candidate* candidate;
    auto operator<=>(const Hand&) const = default;
  };
  std::vector<Hand> hands;
  hands.reserve(peers.size());
  for (const auto& peer : peers) hands.push_back({!peer.is_told, random.exponential(peer.call), &peer});
  const auto taken = hands.begin() + static_cast<std::ptrdiff_t>(std::min(count, hands.size()));
  std::partial_sort(hands.begin(), taken, hands.end());
  std::vector<const Candidate*> drawn;
  for (auto hand = hands.begin(); hand != taken; ++hand) drawn.push_back(hand->candidate);
  return drawn;
}

/// Chance may have left out who is good at this very question.
void add_best(const std::vector<Candidate>& peers, std::size_t count, std::vector<const Candidate*>& drawn) {
  std::vector<const Candidate*> good;
  for (const auto& peer : peers) {
    if (peer.quality > 0) good.push_back(&peer);
  }
  std::stable_sort(good.begin(), good.end(), [](auto* a, auto* b) { return a->quality > b->quality; });
  good.resize(std::min(count, good.size()));
  for (const auto* peer : good) {
    if (std::find(drawn.begin(), drawn.end(), peer) == drawn.end()) drawn.push_back(peer);
  }
}

}  // namespace

Duration wait_at_home(const Load& load) {
  return std::min(load.work(), 2 * load.own + load.residual);
}

Duration wait_elsewhere(const Load& load, Duration unseen) {
  return std::min(load.work(), 2 * load.foreign + load.alpha()) + unseen;
}

Purse purse_of(const Outlook& outlook, const Config& config, double use) {
  ensure(outlook.devices() > 0, "there is somebody to ask");
  Duration fastest = outlook.own ? outlook.own->call : outlook.peers.front().call;
  for (const auto& peer : outlook.peers) {
    if (peer.is_told) fastest = std::min(fastest, peer.call);
  }
  const Duration patience = config.patience.bound(fastest);
  const bool is_greedy = outlook.use_mean > 0 && use > outlook.use_mean;
  return {.patience = patience,
          .fastest = fastest,
          .worth = seconds(patience) / config.menu.points_alone(),
          .dearness = is_greedy ? use / outlook.use_mean : 1};
}

std::vector<Offer> rank(const Outlook& outlook, std::size_t count, const Purse& purse, Random& random) {
  auto drawn = draw_by_speed(outlook.peers, count, random);
  add_best(outlook.peers, count / 2, drawn);
  if (outlook.own) drawn.insert(drawn.begin(), &*outlook.own);  // at equal prices nothing need travel
  double quality_mean = 0;
  for (const auto* candidate : drawn) quality_mean += candidate->quality / static_cast<double>(drawn.size());

  struct Keyed {
    Duration key;
    Offer offer;
  };
  std::vector<Keyed> keyed;
  for (const auto* candidate : drawn) {
    const Duration asked = price(*candidate, purse);
    keyed.push_back(
        {asked - credit(*candidate, quality_mean, purse),
         {.node = candidate->node, .price = asked, .work = candidate->call, .quality = candidate->quality}});
  }
  std::stable_sort(keyed.begin(), keyed.end(), [](const Keyed& a, const Keyed& b) { return a.key < b.key; });
  std::vector<Offer> ranked;
  for (const auto& each : keyed) ranked.push_back(each.offer);
  return ranked;
}

Duration layer_price(Shape shape, const std::vector<Offer>& cheapest_first) {
  const std::size_t proposals = shape.layers == 0 ? 1 : shape.proposers + 1u;
  Duration sum{};
  for (std::size_t i = 0; i < proposals; ++i) sum += cheapest_first[i % cheapest_first.size()].price;
  return sum;
}

double value(const Row& row, const std::vector<Offer>& cheapest_first, Duration merge, const Purse& purse) {
  const auto layers = std::max<Duration::rep>(row.shape.layers, 1);
  const Duration merging = row.merging == Merging::synthesize ? merge : Duration{};
  const double one_answer = seconds(purse.patience);
  const double beyond_one = purse.worth * row.points - one_answer;
  return one_answer + beyond_one / purse.dearness -
         seconds(layers * layer_price(row.shape, cheapest_first) + merging);
}

}  // namespace grapevine::moa
