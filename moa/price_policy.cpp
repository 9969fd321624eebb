#include "moa/price_policy.hpp"

#include "moa/admission.hpp"

#include <algorithm>
#include <cmath>

namespace grapevine::moa {

namespace {

constexpr double little = 2;  // points; what waiting for a straggler costs in time is worth more

std::size_t calls_a_layer(Shape shape) {
  return shape.layers == 0 ? 1 : shape.proposers + 1u;
}

/// Enough to choose from: twice as many devices as calls, and never under four.
std::size_t drawn_for(std::size_t calls) {
  return std::max<std::size_t>(4, 2 * calls);
}

Outlook only_mergers(const Outlook& outlook) {
  Outlook merging = outlook;
  if (merging.own && !merging.own->may_merge) merging.own.reset();
  std::erase_if(merging.peers, [](const Candidate& peer) { return !peer.may_merge; });
  return merging;
}

/// Of those needed, who is better than the best of the others will be waited for.
void keep_better(Draw& draw) {
  const auto others = draw.order.begin() + static_cast<std::ptrdiff_t>(draw.needed);
  const auto best =
      std::max_element(others, draw.order.end(), [](auto& a, auto& b) { return a.quality < b.quality; });
  if (best == draw.order.end()) return;
  for (auto offer = draw.order.begin(); offer != others; ++offer)
    offer->is_kept = offer->is_kept || offer->quality > best->quality + little;
}

/// The devices that could have been taken, and the own one wherever it stood.
std::vector<Reckoning::Bid> bids(const std::vector<Offer>& ranked, const Outlook& outlook, std::size_t most) {
  std::vector<Reckoning::Bid> out;
  for (std::size_t i = 0; i < ranked.size(); ++i) {
    const bool is_own = outlook.own && ranked[i].node == outlook.own->node;
    if (i < most || is_own) out.push_back({ranked[i].node, ranked[i].price, ranked[i].quality});
  }
  return out;
}

std::string in_seconds(double number) {
  const auto tenths = std::llround(number * 10);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

}  // namespace

Decision PricePolicy::decide(const Ask& ask, const Outlook& outlook) {
  const Purse purse = purse_of(outlook, config_, use(outlook.now));
  half_life_ = 70 * purse.fastest;
  offered_.add(1, outlook.now, half_life_);

  Plan plan = fitted(ask.shape.value_or(config_.shape), config_, outlook);
  const auto choices = rows(ask, plan, outlook);
  std::size_t calls = 1;
  for (const auto& row : choices) calls = std::max(calls, calls_a_layer(row.shape));
  auto ranked = rank(outlook, drawn_for(calls), purse, random_);
  const bool may_synthesize = std::any_of(choices.begin(), choices.end(),
                                          [](auto& row) { return row.merging == Merging::synthesize; });
  const Duration merge = may_synthesize ? mergers(outlook).order.at(0).price : Duration{};

  plan.reckoning = {.bids = bids(ranked, outlook, calls), .worths = {}, .patience = purse.patience};
  auto& worths = plan.reckoning.worths;
  for (const auto& row : choices) worths.push_back({row, value(row, ranked, merge, purse)});
  const auto best =
      std::max_element(worths.begin(), worths.end(), [](auto& a, auto& b) { return a.seconds < b.seconds; });
  if (best->seconds <= 0 && config_.admission == Admit::by_policy)
    return deny(-best->seconds / best->row.calls(), purse, outlook.now);

  plan.shape = best->row.shape;
  plan.merging = best->row.merging;
  plan.is_asked_for = ask.shape.has_value();
  plan.first = draw(std::move(ranked), calls_a_layer(plan.shape), outlook, purse);
  plan.may_miss_one = may_miss_one(plan);
  if (!plan.is_asked_for && !outlook.peers.empty()) {  // the menu's riches were not asked for
    plan.wanted = plan.shape;
    plan.shortfalls.clear();
  }
  admitted_.add(1, outlook.now, half_life_);
  bought_.add(best->row.calls() * seconds(plan.first.order.front().work), outlook.now, half_life_);
  return plan;
}

std::vector<Row> PricePolicy::rows(const Ask& ask, const Plan& fitted, const Outlook& outlook) const {
  const bool has_merger =
      (outlook.own && outlook.own->may_merge) ||
      std::any_of(outlook.peers.begin(), outlook.peers.end(), [](const Candidate& c) { return c.may_merge; });
  if (ask.shape || fitted.shape.layers == 0) {
    const bool is_mixed = fitted.shape.layers > 0;
    Row row{.shape = fitted.shape, .merging = is_mixed && has_merger ? Merging::synthesize : Merging::choose};
    row.points = config_.menu.points_alone() * row.calls();
    return {row};
  }
  std::vector<Row> out;
  for (const auto& row : config_.menu.rows()) {
    const bool is_possible = row.shape.layers <= config_.layers_max &&
                             row.shape.proposers <= fitted.shape.proposers &&
                             (row.merging == Merging::choose || has_merger);
    if (is_possible) out.push_back(row);
  }
  return out;
}

Draw PricePolicy::draw(std::vector<Offer> ranked, std::size_t calls, const Outlook& outlook,
                       const Purse& purse) const {
  Draw draw{.order = std::move(ranked), .tickets = 0, .needed = calls};
  auto& order = draw.order;
  const auto own = std::find_if(order.begin(), order.end(), [&](const Offer& offer) {
    return outlook.own && offer.node == outlook.own->node && config_.floor == Floor::own &&
           offer.price <= purse.patience / 2;
  });
  if (own != order.end()) {
    own->is_kept = true;
    std::rotate(order.begin(), own, own + 1);
  }
  const std::size_t devices = order.size();
  if (config_.repeats) {
    for (std::size_t i = 0; order.size() < calls; ++i) order.push_back(order[i % devices]);
  }
  draw.needed = std::min(calls, order.size());
  keep_better(draw);
  const auto kept =
      std::count_if(order.begin(), order.end(), [](const Offer& offer) { return offer.is_kept; });
  const std::size_t open = draw.needed - static_cast<std::size_t>(kept);
  draw.tickets = std::min(
      order.size(),
      draw.needed + static_cast<std::size_t>(std::ceil(config_.spare_tickets * static_cast<double>(open))));
  return draw;
}

bool PricePolicy::may_miss_one(const Plan& plan) const {
  if (plan.is_asked_for || plan.shape.proposers < 2) return false;
  // The own proposal stands first; of the peers none may be there for what it alone knows.
  const auto& order = plan.first.order;
  if (std::any_of(order.begin() + 1, order.end(), [](const Offer& offer) { return offer.is_kept; }))
    return false;
  const Shape less{plan.shape.layers, static_cast<std::uint8_t>(plan.shape.proposers - 1)};
  return config_.menu.points(plan.shape, plan.merging) - config_.menu.points(less, plan.merging) <= little;
}

Denial PricePolicy::deny(double excess, const Purse& purse, Time now) {
  const double admitted = admitted_.per_second(now, half_life_);
  const double crowd = admitted > 0 ? offered_.per_second(now, half_life_) / admitted : 1;
  const Duration wait = from_seconds((excess + seconds(purse.fastest)) * std::max(1.0, crowd));
  const double patience = seconds(purse.patience);
  return {jittered(wait, random_), "a call costs " + in_seconds(patience + excess) + " now, and " +
                                       in_seconds(patience) + " is the most an answer is worth"};
}

std::optional<Draw> PricePolicy::next_layer(const Plan& plan, std::uint8_t layers_done,
                                            const Outlook& outlook) {
  const Purse purse = purse_of(outlook, config_, use(outlook.now));
  const std::size_t calls = calls_a_layer(plan.shape);
  auto ranked = rank(outlook, drawn_for(calls), purse, random_);
  const Shape so_far{layers_done, plan.shape.proposers};
  const double gain =
      config_.menu.points(plan.shape, plan.merging) - config_.menu.points(so_far, plan.merging);
  const bool is_worth_it = purse.worth * gain > seconds(layer_price(plan.shape, ranked));
  if (!plan.is_asked_for && !is_worth_it) return std::nullopt;
  return draw(std::move(ranked), calls, outlook, purse);
}

Draw PricePolicy::mergers(const Outlook& outlook) {
  const Outlook merging = only_mergers(outlook);
  if (merging.devices() == 0) return {};
  const Purse purse = purse_of(merging, config_, use(outlook.now));
  constexpr std::size_t drawn = 8;  // all wait for this one call, and among four each may have a long queue
  Draw draw{.order = rank(merging, drawn, purse, random_), .tickets = 0, .needed = 1};
  // The first to start wins, so who would take more than twice as long as the cheapest is a stand-in only.
  const auto likely =
      draw.order.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(3, draw.order.size()));
  draw.tickets = static_cast<std::size_t>(std::count_if(draw.order.begin(), likely, [&](const Offer& offer) {
    return offer.price <= 2 * draw.order.front().price;
  }));
  return draw;
}

}  // namespace grapevine::moa
