#include "moa/traits.hpp"

#include "moa/ridge.hpp"

#include <cmath>

#include <doctest/doctest.h>

namespace grapevine::moa {

namespace {
constexpr std::size_t length = 1, lines = 2, bold = 3;
}

TEST_CASE("the answer that shares words with the others agrees most, the outlier least") {
  const auto traits = traits_of({{"the mill grinds wheat by the river"},
                                 {"by the river the mill grinds"},
                                 {"bananas grow in warm countries"}});
  CHECK(agreement_of(traits[0]) > agreement_of(traits[2]));
  CHECK(agreement_of(traits[1]) > agreement_of(traits[2]));
}

TEST_CASE("agreement with a voice of no weight is none") {
  const auto traits = traits_of({{"red house"}, {"blue boat"}, {"red house", 0}});
  CHECK(agreement_of(traits[0]) == doctest::Approx(agreement_of(traits[1])));
  const auto weighed = traits_of({{"red house"}, {"blue boat"}, {"red house", 1}});
  CHECK(agreement_of(weighed[0]) > agreement_of(weighed[1]));
}

TEST_CASE("an answer alone neither agrees nor disagrees") {
  CHECK(agreement_of(traits_of({{"red house"}})[0]) == 0);
}

TEST_CASE("layout is counted: lines and pairs of bold marks") {
  const auto traits = traits_of({{"one two three four"}, {"one\ntwo **three**"}});
  CHECK(traits[1][lines] > traits[0][lines]);
  CHECK(traits[1][bold] > traits[0][bold]);
  CHECK(traits[0][length] > traits[1][length]);
}

TEST_CASE("texts without a word have finite traits") {
  for (const auto& traits : traits_of({{""}, {"..."}, {"\n\n"}}))
    for (const double trait : traits) CHECK(std::isfinite(trait));
}

TEST_CASE("a ridge finds the line its observations lie on") {
  Ridge ridge;
  ridge.extend(), ridge.extend();
  for (double x = -5; x <= 5; ++x) ridge.learn({x, 1}, 2 * x + 3);
  const auto weights = ridge.solve({{0, 1e-9}, {0, 1e-9}});
  REQUIRE(weights.has_value());
  CHECK(weights->at(0) == doctest::Approx(2));
  CHECK(weights->at(1) == doctest::Approx(3));
}

TEST_CASE("without observations a ridge keeps its beliefs, with as many as they are strong it is halfway") {
  Ridge ridge;
  ridge.extend();
  CHECK(ridge.solve({{7, 4}})->at(0) == doctest::Approx(7));
  for (int i = 0; i < 4; ++i) ridge.learn({1}, 1);
  CHECK(ridge.solve({{7, 4}})->at(0) == doctest::Approx(4));
}

TEST_CASE("a weight that is forgotten is as before it was seen, and the others stay") {
  Ridge ridge;
  ridge.extend(), ridge.extend();
  ridge.learn({1, 0}, 5);
  ridge.learn({0, 1}, 9);
  ridge.forget(1);
  const auto weights = ridge.solve({{0, 1}, {0, 1}});
  CHECK(weights->at(0) == doctest::Approx(2.5));
  CHECK(weights->at(1) == doctest::Approx(0));
}

TEST_CASE("sums that nobody can have learned have no solution, and those of no size are refused") {
  CHECK_FALSE(Ridge::restored({-9}, {1})->solve({{0, 1}}).has_value());
  CHECK_FALSE(Ridge::restored({1, 2}, {1}).has_value());
}

}  // namespace grapevine::moa
