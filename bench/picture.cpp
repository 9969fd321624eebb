#include "bench/picture.hpp"

#include <cmath>
#include <cstdio>
#include <map>
#include <memory>

namespace grapevine::bench {

namespace {

const char* style(Curve::Shape shape) {
  switch (shape) {
    case Curve::Shape::line: return "linespoints lw 2 pt 7";
    case Curve::Shape::steps: return "steps lw 2";
    case Curve::Shape::boxes: return "boxes fs transparent solid 0.5";
  }
  return "lines";
}

}  // namespace

void draw(const Picture& picture, const std::string& file) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> to(::popen("gnuplot", "w"), ::pclose);
  if (!to) return std::perror("gnuplot"), void();
  std::fprintf(to.get(), "set terminal pngcairo size 900,500 font 'DejaVu Sans,11'\nset output '%s'\n",
               file.c_str());
  std::fprintf(
      to.get(),
      "set title '%s'\nset xlabel '%s'\nset ylabel '%s'\nset grid\nset key bmargin center horizontal\n",
      picture.title.c_str(), picture.x.c_str(), picture.y.c_str());
  const bool is_steep = picture.y_scale == Picture::Scale::logarithmic;
  std::fputs(is_steep ? "set logscale y\n" : "set yrange [0:*]\n", to.get());
  if (picture.x_scale == Picture::Scale::logarithmic) std::fputs("set logscale x\n", to.get());
  const char* join = "plot ";
  for (const Curve& curve : picture.curves) {
    std::fprintf(to.get(), "%s'-' with %s title '%s'", join, style(curve.shape), curve.title.c_str());
    join = ", ";
  }
  std::fputs("\n", to.get());
  for (const Curve& curve : picture.curves) {
    for (const auto& [x, y] : curve.points) std::fprintf(to.get(), "%g %g\n", x, y);
    std::fputs("e\n", to.get());
  }
}

Curve histogram(std::string title, const std::vector<double>& values, double bin) {
  std::map<long, double> bins;
  for (const double value : values) ++bins[std::lround(value / bin)];
  Curve curve{.title = std::move(title), .points = {}, .shape = Curve::Shape::boxes};
  for (const auto& [number, count] : bins) curve.points.push_back({static_cast<double>(number) * bin, count});
  return curve;
}

}  // namespace grapevine::bench
