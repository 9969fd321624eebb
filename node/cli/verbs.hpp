// The verbs of `grapevine`, each a plain struct with what was said on the command line and a function that
// does it. Only init, join, up, version and eval with recorded answers work without a running node; the
// others talk HTTP to it and nothing else.
#pragma once

#include "crypto/time.hpp"
#include "node/cli/exit.hpp"

#include <cstdint>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace grapevine::node::cli {

/// As the node writes it: fields in their order.
using Json = nlohmann::ordered_json;

enum class Output { people, json, quiet };

/// What every verb may be told.
struct Shared {
  std::string config;  // file; empty: the usual places
  std::string data;    // folder; empty: the usual place
  std::string api;     // URL of the node; empty: from the configuration
  Duration timeout = 10s;
  Output output = Output::people;
};

struct Init {
  std::string mesh = "home";
  std::string name;
  std::string owner;  // empty: the user's login name
};
struct Join {
  std::string invite;
  std::string name;
};
struct Up {
  std::string listen;
};
struct NewInvite {
  std::string role = "member";
  std::string owner;
  std::string valid_for = "24h";
};
struct Status {};
struct Peers {
  bool watch = false;
};
struct Doctor {};
struct Lookup {
  std::string name;
  std::string prefix;  // of names, or of ids
  std::vector<std::string> capabilities;
  std::size_t limit = 0;  // 0: as many as the node shows
  bool provisional_is_enough = false;
};
struct Whois {
  std::string subject;  // a name or an id
};
struct ClaimName {
  std::string name;
  Duration wait{};  // for its certificate
};
struct RenewNames {
  std::string name;  // empty: all of this device
};
struct RetireName {
  std::string name;
};
struct TransferName {
  std::string name;
  std::string to;  // a name or an id
};
struct AcceptName {
  std::string name;
};
struct ListNames {
  bool all = false;  // everybody's, not only mine
};
struct ShowTrust {};
struct PinName {
  std::string name;
  std::string id;       // of the device; empty: the one the name leads to
  std::string petname;  // empty: none
};
struct UnpinName {
  std::string name;
};
struct AskMesh {
  std::string question;  // "-": from standard input
  std::string model = "grapevine";
  std::string system;
  std::optional<unsigned> layers;
  std::optional<unsigned> proposers;
  std::string scope;
  std::optional<unsigned> tokens_max;
  std::optional<double> temperature;
  std::optional<std::uint32_t> seed;
  Duration deadline{};  // zero: the node's own
  bool why = false;
  bool stream = true;
};
struct Evaluate {
  std::string file;           // questions with judged answers (node/eval/questions.hpp)
  std::string train;          // recorded answers whose verdicts are learned first
  std::string menu;           // where to write the menu; empty: nowhere
  std::string picture;        // where to draw; empty: nowhere
  std::size_t questions = 0;  // for a running mesh: only the first so many; 0: all
};
struct Judge {
  std::string id;                     // of the answer; empty: the latest
  std::vector<std::string> opinions;  // "good", or "laptop=good", "pi=0.2"
};
struct TellEvent {
  std::string name;
  std::string text;
};
struct ListEvents {
  bool follow = false;
  std::size_t count = 0;  // 0: all
};
struct RotateKey {};
struct SuspendKey {
  std::string cause = "unsaid";
};
struct RetireNode {
  std::string recovery;  // the file written at init or join
  bool yes = false;      // do not ask
};
struct RevokeNode {
  std::string subject;  // a name or an id
  std::string reason;
  std::vector<std::string> keep;  // admissions
  bool yes = false;               // do not ask
};
struct Version {};

using Verb =
    std::variant<Init, Join, Up, NewInvite, Status, Peers, Lookup, Whois, ClaimName, RenewNames, RetireName,
                 TransferName, AcceptName, ListNames, ShowTrust, PinName, UnpinName, RotateKey, SuspendKey,
                 RetireNode, RevokeNode, AskMesh, Evaluate, Judge, TellEvent, Doctor, ListEvents, Version>;

struct CommandLine {
  Shared shared;
  Verb verb;
};
/// What to print, and the number to exit with (help exits 0, mistakes 2).
struct Usage {
  Exit exit = Exit::usage;
  std::string text;
};
Result<CommandLine, Usage> parse(int count, const char* const* arguments);

Outcome run(const Init& verb, const Shared& shared);
Outcome run(const Join& verb, const Shared& shared);
/// Becomes grapevined; returns only when that fails.
Outcome run(const Up& verb, const Shared& shared);
Outcome run(const NewInvite& verb, const Shared& shared);
Outcome run(const Status& verb, const Shared& shared);
Outcome run(const Peers& verb, const Shared& shared);
Outcome run(const Doctor& verb, const Shared& shared);
Outcome run(const Lookup& verb, const Shared& shared);
Outcome run(const Whois& verb, const Shared& shared);
Outcome run(const ClaimName& verb, const Shared& shared);
Outcome run(const RenewNames& verb, const Shared& shared);
Outcome run(const RetireName& verb, const Shared& shared);
Outcome run(const TransferName& verb, const Shared& shared);
Outcome run(const AcceptName& verb, const Shared& shared);
Outcome run(const ListNames& verb, const Shared& shared);
Outcome run(const ShowTrust& verb, const Shared& shared);
Outcome run(const PinName& verb, const Shared& shared);
Outcome run(const UnpinName& verb, const Shared& shared);
Outcome run(const AskMesh& verb, const Shared& shared);
Outcome run(const Evaluate& verb, const Shared& shared);
Outcome run(const Judge& verb, const Shared& shared);
Outcome run(const TellEvent& verb, const Shared& shared);
Outcome run(const ListEvents& verb, const Shared& shared);
Outcome run(const RotateKey& verb, const Shared& shared);
Outcome run(const SuspendKey& verb, const Shared& shared);
Outcome run(const RetireNode& verb, const Shared& shared);
Outcome run(const RevokeNode& verb, const Shared& shared);
Outcome run(const Version& verb, const Shared& shared);

}  // namespace grapevine::node::cli
