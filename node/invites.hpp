// Who may enter. An invite admits one newcomer once: its public half, role and owner are kept here, and using
// it is stored together with the certificate it bought. The same newcomer asking again gets the same
// certificate (its reply may have been lost), for ten minutes; anybody else gets a refusal that looks the
// same for unknown, spent and expired invites. What has ended is forgotten when the next one is made.
#pragma once

#include "crypto/invite.hpp"
#include "crypto/issuer.hpp"
#include "dns/store.hpp"

namespace grapevine::node {

/// What the inviter decides; the bearer of the invite has no word in it.
struct InviteWish {
  Role role = Role::member;
  std::string owner;  // label of the person; empty: the inviter's own
  Duration valid_for = 24h;
};

class Invites {
 public:
  static constexpr std::size_t open_max = 64;   // open invites at one time
  static constexpr std::size_t kept_max = 256;  // with those that were used and may be asked for again
  /// Then nobody is let in for the rest of the minute: an invite key cannot be guessed, so this only saves
  /// work.
  static constexpr std::uint32_t refusals_a_minute = 20;

  Invites(Issuer issuer, dns::Store& store, Roster& roster);

  /// A new invite to the join port at `addresses`. refused: this device may not issue that role (says who
  /// may); full: too many are open; malformed: an address or a span that cannot be.
  Result<Invite> open(const InviteWish& wish, const std::vector<std::string>& addresses, Now now);

  /// What a knock earned: the reply, and the newcomer's certificate when the reply is a grant.
  struct Answer {
    JoinMessage reply;
    std::optional<Signed<Certificate>> newcomer;
    std::string reason;  // for our log; the knocker is not told
  };
  Answer answer(View frame, const TransportKey& from, std::vector<Introduction> introductions, Now now);

  /// The secret of the join port and when the last open invite ends; nullopt when none is open.
  struct Port {
    Fixed<32> secret;
    WallTime until;
  };
  std::optional<Port> port(WallTime now) const;

  /// Our key is another one now, and the port has its own from it: what was open ends.
  void end_open(WallTime now);

 private:
  /// An invite as its maker remembers it.
  struct Entry {
    PublicKey key;
    Role role = Role::member;
    Owner owner;
    WallTime not_after;
    std::optional<PublicKey> spent_by;
    std::optional<Signed<Certificate>> bought;
    static auto fields(auto& self) {
      return std::tie(self.key, self.role, self.owner, self.not_after, self.spent_by, self.bought);
    }
  };
  Result<Signed<Certificate>> admit(const JoinRequest& request, const TransportKey& from, Now now);
  Signed<Certificate> certify(const Entry& entry, const JoinWish& wish, WallTime now) const;
  std::vector<Entry> entries() const;
  std::vector<Entry> forget_ended(WallTime now);
  void keep(const Entry& entry);
  bool is_too_fast(Time now);

  Issuer issuer_;
  dns::Store& store_;
  Roster& roster_;
  TransportPair port_;
  Time minute_began_{};
  std::uint32_t refused_ = 0;
};

}  // namespace grapevine::node
