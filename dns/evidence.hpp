// When one node says two things that cannot both be meant. Two records contradict each other when an honest
// node would never sign both with one key: one sequence number with two contents, two votes in one term. (Not
// with two keys: a thief of the old one could convict whoever has replaced it.) Their envelopes side by side
// convict the signer before everybody, whoever brings them, so evidence itself needs no signature (as in
// accountable systems; Haeberlen et al., "PeerReview", SOSP 2007).
#pragma once

#include "dns/record.hpp"

namespace grapevine::dns {

/// Who a record speaks for, and with which of its keys; RETIRE with one of its own, numbered 0.
struct Speaker {
  NodeId node;
  std::uint32_t rot = 0;
};
/// Absent for ID and MEMBER, which found a chain, and CERT and EVID, which quote others.
std::optional<Speaker> speaker_of(const Body& body);

/// How two bodies contradict each other; absent when both may be meant. Equal bodies do not.
std::optional<Evidence::Kind> contradiction(const Body& one, const Body& other);

}  // namespace grapevine::dns
