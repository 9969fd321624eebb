#include "moa/menu.hpp"

#include "crypto/ensure.hpp"

#include <algorithm>

namespace grapevine::moa {

Menu::Menu()
    : Menu({{.shape = {0, 0}, .points = 20},
            {.shape = {1, 1}, .points = 22},
            {.shape = {1, 2}, .points = 24},
            {.shape = {1, 3}, .points = 25}}) {}

Menu::Menu(std::vector<Row> rows) : rows_(std::move(rows)) {
  ensure(rows_.size() <= rows_max, "a menu has a bounded number of rows");
  ensure(points_alone() > 0, "a menu says what the own model alone is worth");
}

double Menu::points(Shape shape, Merging merging) const {
  double most = 0;
  for (const auto& row : rows_) {
    const bool is_within = row.shape.layers <= shape.layers && row.shape.proposers <= shape.proposers &&
                           (row.merging == Merging::choose || merging == Merging::synthesize);
    if (is_within) most = std::max(most, row.points);
  }
  return most;
}

}  // namespace grapevine::moa
