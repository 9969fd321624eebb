// How results look: aligned tables for people, one object or one object a line for programs; never both on
// one stream.
#pragma once

#include "node/cli/verbs.hpp"

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace grapevine::node::cli {

/// Columns as wide as their widest cell; the first row is the heading. Empty cells show as "-".
std::string table(const std::vector<std::vector<std::string>>& rows);

/// "3 s", "5 min", "2 h", "4 d": how long ago, for people.
std::string age(double seconds);
/// "840 ms", "2.4 s".
std::string span(double seconds);
/// "once", "twice", "7 times".
std::string times(std::uint64_t count);

/// Prints one object, or with a list one object a line.
void print_json(const nlohmann::ordered_json& json);
/// Prints what went wrong on stderr, as a line or as JSON; its exit number.
int print(const Failure& failure, Output output);

}  // namespace grapevine::node::cli
