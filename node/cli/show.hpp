// How results look: aligned tables for people, one object or one object a line for programs; never both on
// one stream.
#pragma once

#include "node/cli/verbs.hpp"

#include <functional>
#include <string>
#include <vector>

namespace grapevine::node::cli {

/// What others wrote as one line that steers no terminal: a space in place of each control character.
/// Requires: valid UTF-8.
std::string printable(std::string_view text);

/// Columns as wide as their widest cell, all printable; the first row is the heading. Empty cells show as
/// "-".
std::string table(std::vector<std::vector<std::string>> rows);

/// "3 s", "5 min", "2 h", "4 d": how long ago, for people.
std::string age(double seconds);
/// "840 ms", "2.4 s".
std::string span(double seconds);
/// "once", "twice", "7 times".
std::string times(std::uint64_t count);

/// What most verbs do with what the node said: prints it as it is for programs, and as `print` writes it for
/// people.
Outcome show(const Result<Json, Failure>& reply, Output output,
             const std::function<void(const Json& reply)>& print);
/// Prints one object, or with a list one object a line.
void print_json(const Json& json);
/// Prints what went wrong on stderr, as a line or as JSON; its exit number.
int print(const Failure& failure, Output output);

}  // namespace grapevine::node::cli
