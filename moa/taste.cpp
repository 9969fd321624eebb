#include "moa/taste.hpp"

#include "crypto/wire.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

namespace grapevine::moa {

namespace {

constexpr double shared_strength = 50;  // verdicts that AlpacaEval's judge counts as
// Verdicts after which a device is halfway between being one of many and being itself. The cross-validated
// figure is the same from 2 to 50.
constexpr double deviation_strength = 10;

constexpr std::size_t shared_weights = std::tuple_size_v<Traits>;
constexpr std::size_t own_weights = 1 + shared_weights;  // how good the device is, and one for each trait
constexpr std::size_t weights_max = shared_weights + Taste::voices_max * own_weights;
constexpr std::size_t place_of_voice(std::size_t voice) {
  return shared_weights + voice * own_weights;
}

using Row = std::vector<double>;
using Numbers = List<std::uint64_t, weights_max*(weights_max + 1) / 2>;  // doubles, as their bits

Numbers bits_of(const std::vector<double>& values);
/// Nothing when one of them is no finite number.
std::optional<std::vector<double>> values_of(const Numbers& bits);

Row mean_of(const std::vector<Row>& rows, const std::vector<std::size_t>& among);

}  // namespace

Taste::Taste(const Traits& beforehand) : beforehand_(beforehand) {
  for (std::size_t i = 0; i < shared_weights; ++i) seen_.extend();
  refit();
}

std::vector<double> Taste::scores(const std::vector<NodeId>& voices,
                                  const std::vector<Traits>& answers) const {
  ensure(voices.size() == answers.size(), "one voice an answer");
  std::vector<double> scores;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const Row row = row_of(voices[i], answers[i]);
    scores.push_back(std::inner_product(row.begin(), row.end(), weights_.begin(), 0.0));
  }
  const double sum = std::accumulate(scores.begin(), scores.end(), 0.0);
  for (double& score : scores) score -= sum / static_cast<double>(answers.size());
  return scores;
}

void Taste::learn(const std::vector<NodeId>& voices, const std::vector<Traits>& answers,
                  const std::vector<std::optional<double>>& verdicts) {
  ensure(voices.size() == answers.size() && verdicts.size() == answers.size(), "one voice an answer");
  std::vector<std::size_t> judged;
  double sum = 0;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (!verdicts[i]) continue;
    judged.push_back(i);
    sum += *verdicts[i];
    if (!find(voices[i])) make_place(voices[i]);
  }
  if (judged.empty()) return;

  std::vector<Row> rows;
  for (std::size_t i = 0; i < answers.size(); ++i) rows.push_back(row_of(voices[i], answers[i]));
  const bool is_lone = judged.size() == 1;
  std::vector<std::size_t> all(answers.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  const Row middle = mean_of(rows, is_lone ? all : judged);
  const double usual = is_lone ? lone_sum_ / lone_count_ : sum / static_cast<double>(judged.size());
  for (const auto i : judged) {
    std::transform(rows[i].begin(), rows[i].end(), middle.begin(), rows[i].begin(), std::minus<>());
    const double lead = *verdicts[i] - usual;
    seen_.learn(rows[i], lead);
    Voice& voice = voices_[*find(voices[i])];
    ++voice.verdicts;
    voice.lead += lead;
  }
  if (is_lone) {
    lone_sum_ += sum;
    lone_count_ += 1;
  }
  refit();
}

bool Taste::knows(const NodeId& voice) const {
  const auto place = find(voice);
  return place && voices_[*place].verdicts >= verdicts_enough;
}

double Taste::quality(const NodeId& voice) const {
  if (!knows(voice)) return 0;
  const Voice& known = voices_[*find(voice)];
  return 100 * known.lead / known.verdicts;
}

std::optional<std::size_t> Taste::find(const NodeId& voice) const {
  const auto found =
      std::find_if(voices_.begin(), voices_.end(), [&](const Voice& known) { return known.node == voice; });
  if (found == voices_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - voices_.begin());
}

void Taste::make_place(const NodeId& voice) {
  if (voices_.size() < voices_max) {
    voices_.push_back({.node = voice});
    for (std::size_t i = 0; i < own_weights; ++i) seen_.extend();
    return;
  }
  const auto least = std::min_element(voices_.begin(), voices_.end(),
                                      [](const Voice& a, const Voice& b) { return a.verdicts < b.verdicts; });
  const auto place = place_of_voice(static_cast<std::size_t>(least - voices_.begin()));
  for (std::size_t i = 0; i < own_weights; ++i) seen_.forget(place + i);
  *least = {.node = voice};
}

std::vector<double> Taste::row_of(const NodeId& voice, const Traits& traits) const {
  Row row(seen_.size());
  std::copy(traits.begin(), traits.end(), row.begin());
  if (const auto known = find(voice)) {
    const auto own = row.begin() + static_cast<std::ptrdiff_t>(place_of_voice(*known));
    *own = 1;
    std::copy(traits.begin(), traits.end(), own + 1);
  }
  return row;
}

bool Taste::refit() {
  std::vector<Ridge::Belief> beliefs(seen_.size(), {.weight = 0, .strength = deviation_strength});
  for (std::size_t i = 0; i < shared_weights; ++i)
    beliefs[i] = {.weight = beforehand_[i], .strength = shared_strength};
  auto weights = seen_.solve(beliefs);
  if (weights) weights_ = std::move(*weights);
  return weights.has_value();
}

/// The form on disk.
struct Taste::Stored {
  struct Judged {
    NodeId node;
    std::uint32_t verdicts = 0;
    static auto fields(auto& self) { return std::tie(self.node, self.verdicts); }
  };
  List<Judged, voices_max> voices;
  Numbers leads;  // a voice each
  Numbers products;
  Numbers targets;
  Numbers lone;  // sum and count
  static auto fields(auto& self) {
    return std::tie(self.voices, self.leads, self.products, self.targets, self.lone);
  }
};

Bytes Taste::encode() const {
  Stored stored{
      {}, {}, bits_of(seen_.products()), bits_of(seen_.targets()), bits_of({lone_sum_, lone_count_})};
  std::vector<double> leads;
  for (const Voice& voice : voices_) {
    stored.voices.push_back({voice.node, voice.verdicts});
    leads.push_back(voice.lead);
  }
  stored.leads = bits_of(leads);
  return wire::encode(stored);
}

Result<Taste> Taste::decode(View bytes, const Traits& beforehand) {
  const auto stored = wire::decode<Stored>(bytes, {.array_max = Numbers::max});
  if (!stored) return fail(stored.error());
  const auto malformed = fail(Code::malformed, "this is not what a taste was stored as");
  auto products = values_of(stored->products);
  auto targets = values_of(stored->targets);
  const auto leads = values_of(stored->leads);
  const auto lone = values_of(stored->lone);
  if (!products || !targets || !leads || !lone) return malformed;
  auto seen = Ridge::restored(std::move(*products), std::move(*targets));
  const bool fits = seen && seen->size() == place_of_voice(stored->voices.size()) &&
                    leads->size() == stored->voices.size() && lone->size() == 2 && lone->at(1) >= 1;
  if (!fits) return malformed;

  Taste taste(beforehand);
  for (std::size_t i = 0; i < leads->size(); ++i)
    taste.voices_.push_back({stored->voices[i].node, stored->voices[i].verdicts, leads->at(i)});
  taste.seen_ = std::move(*seen);
  taste.lone_sum_ = lone->at(0);
  taste.lone_count_ = lone->at(1);
  if (!taste.refit()) return malformed;
  return taste;
}

namespace {

Row mean_of(const std::vector<Row>& rows, const std::vector<std::size_t>& among) {
  Row mean(rows.front().size());
  for (const auto i : among)
    for (std::size_t j = 0; j < mean.size(); ++j) mean[j] += rows[i][j] / static_cast<double>(among.size());
  return mean;
}

Numbers bits_of(const std::vector<double>& values) {
  Numbers bits;
  for (const double value : values) bits.push_back(std::bit_cast<std::uint64_t>(value));
  return bits;
}

std::optional<std::vector<double>> values_of(const Numbers& bits) {
  std::vector<double> values;
  for (const auto word : bits) values.push_back(std::bit_cast<double>(word));
  const bool finite = std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
  return finite ? std::optional(std::move(values)) : std::nullopt;
}

}  // namespace

}  // namespace grapevine::moa
