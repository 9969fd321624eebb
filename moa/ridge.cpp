#include "moa/ridge.hpp"

#include "crypto/ensure.hpp"

#include <cmath>

namespace grapevine::moa {

namespace {

constexpr std::size_t at(std::size_t row, std::size_t column) {
  return row * (row + 1) / 2 + column;
}

/// The lower triangle of a Cholesky factor, in place; false when the matrix is not positive definite.
bool factorise(std::vector<double>& lower, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double rest = lower[at(i, j)];
      for (std::size_t k = 0; k < j; ++k) rest -= lower[at(i, k)] * lower[at(j, k)];
      if (i == j && !(rest > 0 && std::isfinite(rest))) return false;
      lower[at(i, j)] = i == j ? std::sqrt(rest) : rest / lower[at(j, j)];
    }
  }
  return true;
}

}  // namespace

void Ridge::extend() {
  products_.resize(products_.size() + size() + 1);
  targets_.push_back(0);
}

void Ridge::forget(std::size_t weight) {
  for (std::size_t other = 0; other < size(); ++other)
    products_[other < weight ? at(weight, other) : at(other, weight)] = 0;
  targets_[weight] = 0;
}

void Ridge::learn(const std::vector<double>& row, double target) {
  ensure(row.size() == size(), "a value for each weight");
  for (std::size_t i = 0; i < size(); ++i) {
    if (row[i] == 0) continue;  // most of a row, when there are many devices
    for (std::size_t j = 0; j <= i; ++j) products_[at(i, j)] += row[i] * row[j];
    targets_[i] += row[i] * target;
  }
}

std::optional<std::vector<double>> Ridge::solve(const std::vector<Belief>& beliefs) const {
  ensure(beliefs.size() == size(), "a belief for each weight");
  auto lower = products_;
  auto weights = targets_;
  for (std::size_t i = 0; i < size(); ++i) {
    lower[at(i, i)] += beliefs[i].strength;
    weights[i] += beliefs[i].strength * beliefs[i].weight;
  }
  if (!factorise(lower, size())) return std::nullopt;
  for (std::size_t i = 0; i < size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) weights[i] -= lower[at(i, k)] * weights[k];
    weights[i] /= lower[at(i, i)];
  }
  for (std::size_t i = size(); i-- > 0;) {
    for (std::size_t k = i + 1; k < size(); ++k) weights[i] -= lower[at(k, i)] * weights[k];
    weights[i] /= lower[at(i, i)];
  }
  return weights;
}

std::optional<Ridge> Ridge::restored(std::vector<double> products, std::vector<double> targets) {
  if (products.size() != targets.size() * (targets.size() + 1) / 2) return std::nullopt;
  Ridge ridge;
  ridge.products_ = std::move(products);
  ridge.targets_ = std::move(targets);
  return ridge;
}

}  // namespace grapevine::moa
