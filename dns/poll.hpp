// The rule by which a name comes to one holder, as functions of plain values: what is known of one name, and
// what an honest voter says next. Who signed what is intake.hpp's question, so the benches play the very
// same rule against liars by the thousand.
// (a) A name that is certified belongs to its holder: only it is voted for, and only to renew.
// (b) Else the favourite: most votes in the last term of the last epoch, then in any one term, then by lot;
//     with no vote yet, the claim heard first.
// (c) Lock: having voted for a claim, go on, unless q others of the jury voted otherwise in that very term:
//     then that claim can have no certificate of it, not even a hidden one.
// (d) Contested: two claims with f+1 votes each in the last term of an epoch, and no certificate. The lock
//     ends with the jury, so nobody gets the name for one key lease, and a certificate that somebody held
//     back never meets a rival.
// No time a claimant writes is used anywhere, so a claim cannot be backdated. A renewal keeps the `since` of
// the certificate it renews and counts only with that one beside it (`is_rooted`): who owns a jury for one
// lucky day does not unseat an incumbent. `scripts/bench votes` shows what each rule is for by leaving it
// out.
// (Two claims at once: votes settle it in three terms nearly always, and never for two holders.)
#pragma once

#include "dns/jury.hpp"

#include <optional>

namespace grapevine::dns {

/// A live claim of the name. The lot is a hash of name, node and mesh: it decides where nothing else does.
struct Claimant {
  NodeId node;
  Fixed<16> lot;
};

/// What a voter says about a name, once a term: who shall hold it, and since when it does.
struct Choice {
  NodeId claim;
  Term term = 0;
  Term since = 0;  // = term, unless it renews a certificate
  auto operator<=>(const Choice&) const = default;
  static auto fields(auto& self) { return std::tie(self.claim, self.term, self.since); }
};

/// One vote. A liar may have two in one term.
struct Ballot {
  NodeId voter;
  Choice choice;
  auto operator<=>(const Ballot&) const = default;
};

/// The votes of one term by members of its jury.
struct Round {
  Term term = 0;
  Quorum quorum = {};
  std::vector<Ballot> ballots = {};
};

/// What is known of one name.
struct Poll {
  std::vector<Claimant> claimants = {};  // live ones, in the order heard
  std::vector<Round> rounds = {};        // by term
  std::vector<Choice> titles = {};       // what the last certificates of each claim say
};

/// Whether a certificate's `since` is proven: it is its own term, or an earlier certificate of the same claim
/// says so too, renewed between half of its life and the end of its grace. Forging one takes two juries, a
/// week apart.
bool is_rooted(const Poll& poll, const Choice& title);

/// The rooted certificate that holds, or still keeps the name for its holder (`certificate_grace`); of
/// several claims', which takes more than f liars, the one with the least `since`.
std::optional<Choice> title_of(const Poll& poll, Term now);
/// Whether a certificate confirms the name in this term, or only keeps it for its former holder.
bool is_in_force(const Choice& title, Term now);

/// Rule (d).
bool is_contested(const Poll& poll, Term now);
/// Rule (c): what our last vote binds us to; absent when it does not.
std::optional<NodeId> locked_on(const Poll& poll, const Choice& last);
/// Rule (b). Absent when nobody claims the name.
std::optional<NodeId> favourite(const Poll& poll);

/// What an honest voter of the jury of term `now` says, its last vote being `last`; nothing when it has
/// spoken in this term, or when there is nothing to say. To be on disk before it is heard.
std::optional<Choice> vote(const Poll& poll, const std::optional<Choice>& last, Term now);

/// What q of a jury have agreed on in a round: enough for a certificate.
std::optional<Choice> agreed(const Round& round);

}  // namespace grapevine::dns
