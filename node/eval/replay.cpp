#include "node/eval/replay.hpp"

#include "crypto/random.hpp"

#include <algorithm>
#include <numeric>

namespace grapevine::node::eval {

Replay::Replay(const Recordings& recordings) : recordings_(&recordings) {
  for (std::size_t device = 0; device < recordings.models.size(); ++device) {
    NodeId& node = nodes_.emplace_back();
    node.value.data()[0] = static_cast<std::uint8_t>(device + 1);  // any ids do that differ
  }
  for (const auto& prompt : recordings.prompts) {
    std::vector<moa::Heard> answers;
    for (const auto& output : prompt.outputs) answers.push_back({output});
    traits_.push_back(moa::traits_of(answers));
  }
}

std::vector<double> Replay::alone(std::size_t device) const {
  std::vector<double> out;
  for (const auto& prompt : recordings_->prompts) out.push_back(100 * prompt.preferences[device]);
  return out;
}

std::vector<double> Replay::at_random() const {
  std::vector<double> out;
  for (const auto& [instruction, outputs, preferences] : recordings_->prompts)
    out.push_back(100 * std::accumulate(preferences.begin(), preferences.end(), 0.0) /
                  static_cast<double>(preferences.size()));
  return out;
}

std::vector<double> Replay::best() const {
  std::vector<double> out;
  for (const auto& [instruction, outputs, preferences] : recordings_->prompts)
    out.push_back(100 * *std::max_element(preferences.begin(), preferences.end()));
  return out;
}

std::vector<double> Replay::chosen(const Plan& plan, const moa::Taste& taste) const {
  std::vector<double> out;
  for (std::size_t i = 0; i < prompts(); ++i) out.push_back(points(i, plan, taste));
  return out;
}

std::vector<double> Replay::chosen_learning(const Plan& plan, moa::Taste taste) const {
  std::vector<double> out;
  for (std::size_t i = 0; i < prompts(); ++i) {
    out.push_back(points(i, plan, taste));
    teach(taste, i);
  }
  return out;
}

std::vector<double> Replay::chosen_learning_from_chosen(const Plan& plan, moa::Taste taste) const {
  std::vector<double> out;
  for (std::size_t i = 0; i < prompts(); ++i) {
    const std::size_t owner = plan.owner.value_or(i % devices());
    const std::size_t device = choice(i, owner, plan, taste);
    const double preference = recordings_->prompts[i].preferences[device];
    out.push_back(100 * preference);
    std::vector<std::optional<double>> verdicts(devices());
    verdicts[device] = preference;
    taste.learn(nodes_, traits_[i], verdicts);
  }
  return out;
}

std::vector<double> Replay::chosen_cross_validated(const Plan& plan, const moa::Taste& untaught,
                                                   std::uint64_t seed) const {
  constexpr std::size_t folds = 10;
  std::vector<std::size_t> order(prompts());
  std::iota(order.begin(), order.end(), std::size_t{0});
  Random(seed).shuffle(order);
  std::vector<double> out(prompts());
  for (std::size_t fold = 0; fold < folds; ++fold) {
    moa::Taste taste = untaught;
    for (std::size_t i = 0; i < order.size(); ++i)
      if (i % folds != fold) teach(taste, order[i]);
    for (std::size_t i = fold; i < order.size(); i += folds) out[order[i]] = points(order[i], plan, taste);
  }
  return out;
}

void Replay::teach(moa::Taste& taste, std::size_t prompt) const {
  const auto& preferences = recordings_->prompts[prompt].preferences;
  taste.learn(nodes_, traits_[prompt], {preferences.begin(), preferences.end()});
}

moa::Taste Replay::taught(moa::Taste taste) const {
  for (std::size_t i = 0; i < prompts(); ++i) teach(taste, i);
  return taste;
}

double Replay::points(std::size_t prompt, const Plan& plan, const moa::Taste& taste) const {
  const auto& preferences = recordings_->prompts[prompt].preferences;
  if (plan.owner) return 100 * preferences[choice(prompt, *plan.owner, plan, taste)];
  double sum = 0;
  for (std::size_t owner = 0; owner < devices(); ++owner)
    sum += preferences[choice(prompt, owner, plan, taste)];
  return 100 * sum / static_cast<double>(devices());
}

std::size_t Replay::choice(std::size_t prompt, std::size_t owner, const Plan& plan,
                           const moa::Taste& taste) const {
  const auto& [instruction, outputs, preferences] = recordings_->prompts[prompt];
  std::vector<std::size_t> asked = peers_of(prompt, owner, plan, taste);
  asked.insert(asked.begin(), owner);
  std::vector<moa::Spoken> spoken;
  for (const auto device : asked)
    spoken.push_back({.node = nodes_[device],
                      .device = recordings_->models[device],
                      .text = outputs[device],
                      .weight = plan.weights.empty() ? 1 : plan.weights[device]});
  const auto choice = moa::choose(instruction, spoken, taste);
  return choice.used.empty() ? owner : asked[choice.used.front()];
}

std::vector<std::size_t> Replay::peers_of(std::size_t prompt, std::size_t owner, const Plan& plan,
                                          const moa::Taste& taste) const {
  std::vector<std::size_t> others;
  for (std::size_t device = 0; device < devices(); ++device)
    if (device != owner) others.push_back(device);
  if (plan.peers == Peers::random) return Random(prompt * devices() + owner).sample(others, plan.k);
  std::stable_sort(others.begin(), others.end(), [&](std::size_t a, std::size_t b) {
    return taste.quality(nodes_[a]) > taste.quality(nodes_[b]);
  });
  others.resize(std::min(plan.k, others.size()));
  return others;
}

}  // namespace grapevine::node::eval
