// What quality each plan has: the table U(M, k). Points are whatever the evaluation counted (per cent of
// answers right, per cent preferred); only their ratios matter. A table is measured on this mesh by
// `grapevine eval`; until then stands a cautious guess: two points for each of the first two peers over
// twenty for the own model alone, one more for a third, chosen without a model.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace grapevine::moa {

/// A plan's shape: M layers in each of which one device and k others propose. (0, 0) is one device alone.
struct Shape {
  std::uint8_t layers = 0;
  std::uint8_t proposers = 0;
  bool operator==(const Shape&) const = default;
};

/// How the proposals of the last layer become one answer: by choosing, which costs no call, or by a model.
enum class Merging : std::uint8_t { choose, synthesize };

struct Row {
  Shape shape;
  Merging merging = Merging::choose;
  double points = 0;
  bool operator==(const Row&) const = default;

  /// The theorem's c; choosing saves the last call.
  constexpr std::uint32_t calls() const {
    const std::uint32_t proposals = (shape.proposers + 1u) * shape.layers;
    return shape.layers == 0 ? 1u : proposals + (merging == Merging::synthesize ? 1u : 0u);
  }
};

class Menu {
 public:
  static constexpr std::size_t rows_max = 32;

  Menu();
  /// Requires: at most rows_max rows, one of them for (0, 0), with points above zero.
  explicit Menu(std::vector<Row> rows);

  const std::vector<Row>& rows() const { return rows_; }
  /// What a plan is worth: the best row that asks for no more than it.
  double points(Shape shape, Merging merging) const;
  double points_alone() const { return points({}, Merging::choose); }

 private:
  std::vector<Row> rows_;
};

}  // namespace grapevine::moa
