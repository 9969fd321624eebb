// Any bytes as a DNS query. Whatever comes, the answer is one ldns can read and fits its way; our reader of
// questions and ldns judge alike, but for compression pointers, which only we refuse; and a source that asks
// too often is never sent more than it sent.
#include "tests/dns/resolver.hpp"

using namespace grapevine;
using namespace grapevine::dns;
using namespace grapevine::dns::resolver;

namespace {

const Zone& zone() {
  static const Zone made = [] {
    Zone zone = zone_with({presence(0, "mine"), presence(1, "robot")});
    for (unsigned device = 2; device < 80; ++device)
      zone.show(presence(device, "r" + std::to_string(device)));
    return zone;
  }();
  return made;
}

bool has_pointer(View name) {
  while (!name.empty() && name.front() != 0) {
    if ((name.front() & 0xc0) != 0) return true;
    name = name.subspan(std::min<std::size_t>(name.size(), name.front() + 1u));
  }
  return false;
}

/// Whether ldns can read the question that follows the header.
bool ldns_reads_question(View message) {
  ldns_rr* question = nullptr;
  std::size_t at = message_header_bytes;
  const bool read =
      ldns_wire2rr(&question, message.data(), message.size(), &at, LDNS_SECTION_QUESTION) == LDNS_STATUS_OK;
  ldns_rr_free(question);
  return read;
}

void judge_alike(View message) {
  const auto query = read_query(message);
  if (!query || query->verdict == Rcode::not_implemented) return;
  if (message[4] != 0 || message[5] != 1 || has_pointer(message.subspan(message_header_bytes))) {
    ensure(query->verdict != Rcode::none, "one question, spelled out");
  } else {
    ensure(query->question.empty() == !ldns_reads_question(message), "ldns judges the question alike");
  }
}

void answer(View message, Via via, std::size_t bytes_max) {
  const Bytes said = respond(zone(), message, noon, via);
  if (said.empty()) return;
  ensure(said.size() <= bytes_max, "an answer fits its way");
  ensure(Read(said).size == said.size(), "ldns reads it");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const View message(data, size);
  judge_alike(message);
  answer(message, Via::udp, udp_answer_bytes_max);
  answer(message, Via::tcp, 65'535);
  answer(message, Via::udp_throttled, std::max(size, message_header_bytes));
  return 0;
}
