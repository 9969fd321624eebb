#include "crypto/hash.hpp"

#include "tests/vectors/crypto.hpp"

#include <doctest/doctest.h>

using namespace grapevine;

TEST_CASE("a hash is BLAKE2b of tag, zero and parts") {
  const auto abc = view("abc");
  CHECK(to_hex(hash<32>(purpose::text, {abc}).view()) == vectors::hash_32_of_abc);
  CHECK(to_hex(hash<16>(purpose::text, {abc}).view()) == vectors::hash_16_of_abc);
}

TEST_CASE("a hash of eight bytes begins the one of sixteen") {
  CHECK(to_hex(hash<8>(purpose::text, {view("abc")}).view()) == vectors::hash_8_of_abc);
  CHECK(vectors::hash_16_of_abc.starts_with(vectors::hash_8_of_abc));
}

TEST_CASE("a hash made for one purpose never serves another") {
  CHECK(hash<32>(purpose::text, {view("abc")}) != hash<32>(purpose::prompt, {view("abc")}));
}

TEST_CASE("the zero keeps a purpose apart from the bytes that follow it") {
  CHECK(hash<32>({"ab"}, {view("c")}) != hash<32>({"a"}, {view("bc")}));
}

TEST_CASE("parts are hashed as one") {
  CHECK(hash<32>(purpose::text, {view("a"), view(""), view("bc")}) == hash<32>(purpose::text, {view("abc")}));
}
