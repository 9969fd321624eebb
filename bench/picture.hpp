// Pictures of what a bench has measured, drawn by gnuplot from numbers handed to it through a pipe. Without
// gnuplot nothing is drawn, and a line on standard error says so.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace grapevine::bench {

/// One line or histogram: its points, in order of x.
struct Curve {
  std::string title;
  std::vector<std::pair<double, double>> points;
  enum class Shape { line, steps, boxes } shape = Shape::line;
};

struct Picture {
  std::string title;
  std::string x;
  std::string y;
  std::vector<Curve> curves;
  enum class Scale { linear, logarithmic };
  Scale x_scale = Scale::linear;
  Scale y_scale = Scale::linear;  // linear ones begin at zero
};

/// Draws into a PNG file.
void draw(const Picture& picture, const std::string& file);

/// How many of the values lie in each bin, as boxes.
Curve histogram(std::string title, const std::vector<double>& values, double bin);

}  // namespace grapevine::bench
