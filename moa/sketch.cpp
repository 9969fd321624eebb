#include "moa/sketch.hpp"

#include "crypto/ensure.hpp"
#include "crypto/hash.hpp"

#include <algorithm>
#include <cmath>

namespace grapevine::moa {

namespace {

constexpr std::size_t bits = Sketch::bytes * 8;

std::uint8_t bit_at(std::uint16_t place) {
  return static_cast<std::uint8_t>(1u << (place % 8));
}

}  // namespace

Topic topic_of(const MeshId& mesh, std::string_view term) {
  const auto key = hash<8>(purpose::topic, {mesh.value.view(), view(term)});
  Topic topic{};
  for (std::size_t i = 0; i < topic.size(); ++i)
    topic[i] = static_cast<std::uint16_t>((key.bytes[2 * i] + 256u * key.bytes[2 * i + 1]) % bits);
  return topic;
}

Sketch::Sketch(const MeshId& mesh, const std::vector<std::string>& terms) : bits_(Bytes(bytes)) {
  for (const auto& term : terms)
    for (const auto place : topic_of(mesh, term)) bits_[place / 8] |= bit_at(place);
}

bool Sketch::has(const Topic& topic) const {
  ensure(bits_.size() == bytes, "a sketch that tells nothing is not asked");
  return std::all_of(topic.begin(), topic.end(),
                     [&](auto place) { return (bits_[place / 8] & bit_at(place)) != 0; });
}

std::uint32_t Sketch::version() const {
  if (!is_told()) return 0;
  const auto name = hash<8>(purpose::topics, {bits_});
  std::uint32_t version = 0;
  for (std::size_t i = 0; i < sizeof version; ++i) version = version << 8 | name.bytes[i];
  return std::max(version, 1u);
}

std::vector<double> shares_of(const std::vector<Topic>& question, const std::vector<const Sketch*>& devices) {
  std::vector<double> shares(devices.size(), 0.0);
  double sum = 0;
  for (const auto& topic : question) {
    std::vector<std::size_t> having;
    for (std::size_t i = 0; i < devices.size(); ++i)
      if (devices[i]->has(topic)) having.push_back(i);
    if (having.empty()) continue;
    const double others = static_cast<double>(devices.size() - having.size());
    const double weight = std::log(1 + (others + 0.5) / (static_cast<double>(having.size()) + 0.5));
    for (const auto i : having) shares[i] += weight;
    sum += weight;
  }
  for (auto& share : shares) share = sum > 0 ? share / sum : 0;
  return shares;
}

}  // namespace grapevine::moa
