// One `match` for closed alternatives: match(variant, [](A) {...}, [](B) {...}). A forgotten alternative does
// not compile.
#pragma once

#include <utility>
#include <variant>

namespace grapevine {

template <class... Case>
struct Cases : Case... {
  using Case::operator()...;
};

template <class Variant, class... Case>
decltype(auto) match(Variant&& variant, Case&&... cases) {
  return std::visit(Cases<std::remove_cvref_t<Case>...>{std::forward<Case>(cases)...},
                    std::forward<Variant>(variant));
}

}  // namespace grapevine
