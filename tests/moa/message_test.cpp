#include "moa/message.hpp"

#include "tests/crypto/sample.hpp"

#include <doctest/doctest.h>

namespace grapevine::moa {

namespace {

Statement statement() {
  Statement made;
  made.query.value = sample::filled<16>(1);
  made.prompt_hash = prompt_hash({});
  made.text_hash = text_hash("yes");
  made.model.assign("llama");
  made.family.assign("llama");
  made.tokens_in = 300;
  made.tokens_out = 3;
  made.queued = 5ms;
  made.running = 2s;
  made.answered = sample::noon;
  return made;
}

Proposal proposal() {
  return {
      .ticket = TicketId{9}, .statement = {statement(), sample::mesh().id, sample::key(4)}, .text = {"yes"}};
}

}  // namespace

TEST_CASE("the smallest messages have these bytes") {
  CHECK(to_hex(wire::encode_message(Message(Cancel{TicketId{7}}))) == "925207");
  const Words words{.ticket = TicketId{7}, .offset = 3, .text = {"yes"}};
  CHECK(to_hex(wire::encode_message(Message(words))) == "94550703a3796573");
  const Nack nack{.ticket = TicketId{7}, .reason = Unwilling::draining, .load = {.open = false}};
  CHECK(to_hex(wire::encode_message(Message(nack))) ==
        "945107059b000000"
        "0000000001c20000");
}

TEST_CASE("a load takes at most 48 bytes, whatever it says") {
  const Duration most = Load::span_max;
  const Load load{.life = 0xffff'ffff,
                  .number = 0xffff'ffff,
                  .own = most,
                  .foreign = most,
                  .residual = most,
                  .call = most,
                  .use = most,
                  .slots = 255,
                  .open = true,
                  .ability = Ability::synthesizes,
                  .topics = 0xffff'ffff};
  const Bytes bytes = wire::encode(load);
  CHECK(bytes.size() <= Load::bytes_max);
  CHECK(wire::decode<Load>(bytes).value() == load);
}

TEST_CASE("the longest statement fits its maximum") {
  Statement long_winded = statement();
  long_winded.model.assign(64, 'm');
  long_winded.family.assign(32, 'f');
  long_winded.tokens_in = long_winded.tokens_out = 0xffffffff;
  long_winded.queued = long_winded.running = Duration((1ll << 53) - 1);
  CHECK(wire::encode(long_winded).size() <= Statement::payload_bytes_max);
}

TEST_CASE("a proposal survives the wire, with its evidence") {
  Proposal sent = proposal();
  sent.evidence = Evidence{.passages = 12, .passage_length_mean = 80, .terms = {}, .citations = {}};
  sent.evidence->terms.push_back({.term = {"boiler"}, .documents = 2});
  sent.evidence->citations.push_back(
      {.passage = {"The boiler."}, .title = {"Boiler"}, .document = {"b.txt"}, .offset = 4});
  const auto got = wire::decode_message<Message>(wire::encode_message(Message(sent)));
  REQUIRE(got);
  CHECK(std::get<Proposal>(*got).text == sent.text);
  CHECK(std::get<Proposal>(*got).evidence == sent.evidence);
}

TEST_CASE("a statement is proven by its author's key alone, in its mesh alone") {
  SodiumVerifier verifier;
  const auto sent = proposal().statement;
  CHECK(sent.open(verifier, sample::mesh().id, sample::key(4).public_key()));
  CHECK_FALSE(sent.open(verifier, sample::mesh().id, sample::key(3).public_key()));
  CHECK_FALSE(sent.open(verifier, MeshId{}, sample::key(4).public_key()));
}

TEST_CASE("one more turn, or the same words by another speaker, is another prompt") {
  const Turns one{std::vector{Turn{.speaker = Speaker::user, .text = {"hello"}}}};
  Turns other = one;
  other[0].speaker = Speaker::system;
  CHECK(prompt_hash(one) != prompt_hash(other));
  other = one;
  other.push_back(Turn{.speaker = Speaker::user, .text = {}});
  CHECK(prompt_hash(one) != prompt_hash(other));
}

TEST_CASE("a ticket with the longest prompt of a later stage fits a frame of 256 KiB") {
  Ticket ticket{.ticket = TicketId{1}, .stage = Stage::refine, .remaining = 1s};
  ticket.turns.push_back(
      Turn{.speaker = Speaker::system, .text = {std::string(prompt_bytes_max + added_bytes_max, 'x')}});
  const Bytes bytes = wire::encode_message(Message(ticket));
  CHECK(bytes.size() < 256 * 1024);
  CHECK(wire::decode_message<Message>(bytes));
}

}  // namespace grapevine::moa
