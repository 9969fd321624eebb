#include "node/cli/verbs.hpp"

#include <charconv>

#include <CLI/CLI.hpp>

namespace grapevine::node::cli {

namespace {

/// One of each verb for the options to write into, and the one that was typed.
struct Said {
  Shared shared;
  Init init;
  Join join;
  Up up;
  NewInvite invite;
  Status status;
  Peers peers;
  Doctor doctor;
  Lookup lookup;
  Whois whois;
  ClaimName claim;
  RenewNames renew;
  RetireName retire;
  TransferName transfer;
  AcceptName accept;
  ListNames list;
  ShowTrust trust;
  PinName pin;
  UnpinName unpin;
  AskMesh ask;
  Evaluate evaluate;
  Judge judge;
  TellEvent tell;
  ListEvents events;
  RotateKey rotate;
  SuspendKey suspend;
  RetireNode retire_node;
  RevokeNode revoke;
  Version version;
  std::optional<Verb> chosen;
};

void add_shared(CLI::App& app, Said& said);
void add_beginnings(CLI::App& app, Said& said);
void add_looks(CLI::App& app, Said& said);
void add_names(CLI::App& app, Said& said);
void add_trust(CLI::App& app, Said& said);
void add_ask(CLI::App& app, Said& said);
void add_eval(CLI::App& app, Said& said);
void add_verdict(CLI::App& app, Said& said);
void add_events(CLI::App& app, Said& said);
void add_revocation(CLI::App& app, Said& said);

/// Adds a verb with an example that can be typed as it stands.
template <class T>
CLI::App* add_verb(CLI::App& app, Said& said, T& verb, const std::string& name, const std::string& summary,
                   const std::string& example) {
  CLI::App* made = app.add_subcommand(name, summary);
  made->footer("Example:\n  " + example);
  made->callback([&said, &verb] { said.chosen = verb; });
  return made;
}

void add_retire(CLI::App& name, Said& said);
/// "60s", "2m", "24h"; a bare number is seconds.
std::optional<Duration> parse_time(const std::string& text);
CLI::Option* add_time(CLI::App* app, const std::string& flag, Duration& into, const std::string& what);

}  // namespace

Result<CommandLine, Usage> parse(int count, const char* const* arguments) {
  CLI::App app(
      "Your devices, answering together: a question asked on one goes to a few others, what they\n"
      "say is merged, and you see who said it. No server, no account.",
      "grapevine");
  app.footer(
      "First device:                 Every other device:\n"
      "  grapevine init                grapevine join gv1-...   (printed by `grapevine invite`)\n"
      "  grapevine up                  grapevine up\n"
      "  grapevine ask \"When is the bin collected?\"\n\n"
      "Exit: 0 done, 1 failed, 2 usage, 3 not found, 4 not confirmed, 5 not trusted,\n"
      "      6 the local node does not answer, 7 time ran out, 8 the mesh is full.");
  app.require_subcommand(1);
  Said said;
  add_shared(app, said);
  add_beginnings(app, said);
  add_looks(app, said);
  add_names(app, said);
  add_trust(app, said);
  add_ask(app, said);
  add_eval(app, said);
  add_verdict(app, said);
  add_events(app, said);
  add_revocation(app, said);
  try {
    app.parse(count, arguments);
  } catch (const CLI::CallForHelp&) {
    return fail(Usage{Exit::done, app.help()});
  } catch (const CLI::CallForVersion& version) {
    return fail(Usage{Exit::done, std::string(version.what()) + "\n"});
  } catch (const CLI::ParseError& error) {
    return fail(Usage{Exit::usage, std::string("grapevine: ") + error.what() + "; see `grapevine --help`\n"});
  }
  return CommandLine{said.shared, *said.chosen};
}

namespace {

void add_shared(CLI::App& app, Said& said) {
  app.set_version_flag("--version", "grapevine " GRAPEVINE_VERSION, "print the version");
  app.fallthrough();  // flags for all may stand after the verb as well
  app.add_option("--config", said.shared.config, "configuration file")->type_name("FILE");
  app.add_option("--data", said.shared.data, "folder of this node's keys and registry")->type_name("DIR");
  app.add_option("--api", said.shared.api, "URL of the node, if not the configured one")->type_name("URL");
  add_time(&app, "--timeout", said.shared.timeout, "how long to wait for the node");
  auto* json = app.add_flag_callback(
      "--json", [&said] { said.shared.output = Output::json; }, "print JSON");
  app.add_flag_callback(
         "--quiet", [&said] { said.shared.output = Output::quiet; }, "print errors only")
      ->excludes(json);
}

void add_beginnings(CLI::App& app, Said& said) {
  auto* init = add_verb(app, said, said.init, "init", "found a mesh with this device as its first",
                        "grapevine init --mesh home --name laptop");
  init->add_option("--mesh", said.init.mesh, "name of the mesh")->capture_default_str()->type_name("NAME");
  init->add_option("--name", said.init.name, "name of this device; default: the host's")->type_name("NODE");
  init->add_option("--owner", said.init.owner, "whose devices these are; default: your user name")
      ->type_name("WHO");

  auto* join = add_verb(app, said, said.join, "join", "bring this device into a mesh, with an invite",
                        "grapevine join gv1-... --name kitchen-pi");
  join->add_option("invite", said.join.invite, "the line `grapevine invite` printed")->required();
  join->add_option("--name", said.join.name, "name of this device; default: the host's")->type_name("NODE");

  auto* up = add_verb(app, said, said.up, "up", "run the node here, in the foreground", "grapevine up");
  up->add_option("--listen", said.up.listen, "where the API listens")->type_name("HOST:PORT");

  auto* invite =
      add_verb(app, said, said.invite, "invite", "let one more device in", "grapevine invite --for 1h");
  invite->add_option("--role", said.invite.role, "member, inviter or admin")->capture_default_str();
  invite->add_option("--owner", said.invite.owner, "whose device it is; default: yours")->type_name("WHO");
  invite->add_option("--for", said.invite.valid_for, "how long the invite holds")->capture_default_str();

  add_verb(app, said, said.version, "version", "print the version", "grapevine version");
}

void add_looks(CLI::App& app, Said& said) {
  add_verb(app, said, said.status, "status", "this node: ready or why not, and how busy", "grapevine status");
  auto* peers = add_verb(app, said, said.peers, "peers",
                         "every device: its state, since when and why, round trip, model and load",
                         "grapevine peers --watch");
  peers->add_flag("--watch", said.peers.watch, "go on: redraw, or not on a terminal print each change");
  add_verb(app, said, said.doctor, "doctor", "what is wrong here, and what to do; ends with 1 if anything is",
           "grapevine doctor");
  auto* lookup = add_verb(app, said, said.lookup, "lookup", "where a name leads, or who can do something",
                          "grapevine lookup kitchen-pi");
  auto* name = lookup->add_option("name", said.lookup.name, "a name or an id");
  auto* capability = lookup->add_option("--capability", said.lookup.capabilities,
                                        "what it must be able to do (all of these)");
  auto* prefix = lookup->add_option("--prefix", said.lookup.prefix,
                                    "how the name begins, or at least eight characters of the id");
  capability->excludes(name)->excludes(prefix);
  prefix->excludes(name);
  lookup->add_option("--limit", said.lookup.limit, "show so many at most, the most trusted first")
      ->check(CLI::Range(1, 1'000'000));
  lookup->add_flag("--provisional", said.lookup.provisional_is_enough,
                   "a name not yet confirmed is good enough");
  auto* whois = add_verb(app, said, said.whois, "whois",
                         "all that is known of a device, why it is believed, and who told us",
                         "grapevine whois kitchen-pi");
  whois->add_option("subject", said.whois.subject, "a name or an id")->required();
}

void add_names(CLI::App& app, Said& said) {
  auto* name = app.add_subcommand("name", "names of this device: claim them, keep them, hand them over");
  name->require_subcommand(1);
  name->fallthrough();
  auto* claim = add_verb(*name, said, said.claim, "claim", "ask for a name", "grapevine name claim robot");
  claim->add_option("name", said.claim.name, "3 to 32 of a-z, 0-9 and -, beginning with a letter")
      ->required();
  add_time(claim, "--wait", said.claim.wait, "wait so long until other devices have confirmed it");
  auto* renew = add_verb(*name, said, said.renew, "renew",
                         "claim a name of this device again, now; takes back one that is being handed over",
                         "grapevine name renew robot");
  renew->add_option("name", said.renew.name, "default: all of this device");
  add_retire(*name, said);
  auto* transfer = add_verb(*name, said, said.transfer, "transfer", "offer a name to another device",
                            "grapevine name transfer robot --to kitchen-pi");
  transfer->add_option("name", said.transfer.name, "a name of this device")->required();
  transfer->add_option("--to", said.transfer.to, "name or id of the other device")->required();
  auto* accept = add_verb(*name, said, said.accept, "accept", "take a name that is offered to this device",
                          "grapevine name accept robot");
  accept->add_option("name", said.accept.name, "as `grapevine name list` shows it")->required();
  add_verb(*name, said, said.rotate, "rotate", "as `grapevine trust rotate`", "grapevine name rotate");
  auto* list =
      add_verb(*name, said, said.list, "list", "the names of this device", "grapevine name list --all");
  list->add_flag("--all", said.list.all, "everybody's");
}

/// A name, or with --node the whole device.
void add_retire(CLI::App& name, Said& said) {
  auto* retire = add_verb(name, said, said.retire, "retire", "give a name up, or end a device for ever",
                          "grapevine name retire robot\n"
                          "  grapevine name retire --node --recovery /media/stick/recovery");
  auto* which = retire->add_option("name", said.retire.name, "a name of this device");
  auto* node = retire->add_flag("--node")->description("the device, not only a name of it")->excludes(which);
  auto* recovery =
      retire->add_option("--recovery", said.retire_node.recovery, "the file that init or join wrote there")
          ->type_name("FILE")
          ->needs(node);
  node->needs(recovery);
  retire->add_flag("--yes", said.retire_node.yes, "do not ask")->needs(node);
  retire->callback([&said, which, node] {
    if (node->count() > 0) {
      said.chosen = said.retire_node;
    } else if (which->count() > 0) {
      said.chosen = said.retire;
    } else {
      throw CLI::RequiredError("name");
    }
  });
}

void add_trust(CLI::App& app, Said& said) {
  auto* trust = app.add_subcommand("trust", "who may do what until when, pinned names, alarms");
  trust->require_subcommand(0, 1);
  trust->fallthrough();
  trust->footer("Example:\n  grapevine trust");
  trust->callback([&said] {
    if (!said.chosen) said.chosen = said.trust;  // runs after the verb below it, if there is one
  });
  auto* pin = add_verb(*trust, said, said.pin, "pin", "let a name mean one device here, and no other",
                       "grapevine trust pin kitchen-arm --as arm");
  pin->add_option("name", said.pin.name, "the name")->required();
  pin->add_option("--id", said.pin.id, "the device; default: the one the name leads to")->type_name("ID");
  pin->add_option("--as", said.pin.petname, "call it PETNAME.local-pin on this device")->type_name("PETNAME");
  auto* unpin = add_verb(*trust, said, said.unpin, "unpin", "let a name mean whoever is met under it next",
                         "grapevine trust unpin kitchen-arm");
  unpin->add_option("name", said.unpin.name, "the name")->required();
  add_verb(*trust, said, said.rotate, "rotate", "sign with a new key from now on; the old one is refused",
           "grapevine trust rotate");
  auto* suspend = add_verb(*trust, said, said.suspend, "suspend",
                           "this device's key counts no more until it is rotated", "grapevine trust suspend");
  suspend->add_option("--cause", said.suspend.cause, "unsaid, lost, stolen, broken or replaced")
      ->capture_default_str();
}

void add_ask(CLI::App& app, Said& said) {
  auto& ask = said.ask;
  auto* made =
      add_verb(app, said, ask, "ask", "ask the mesh", "grapevine ask --why \"Where is the spare key?\"");
  made->add_option("question", ask.question, "the question; - reads it from standard input")->required();
  made->add_option("--model", ask.model, "grapevine, grapevine:m1k2, local, or MODEL@DEVICE")
      ->capture_default_str();
  made->add_option("--system", ask.system, "an instruction before the question")->type_name("TEXT");
  made->add_option("--layers", ask.layers, "rounds of proposals (M)");
  made->add_option("--proposers", ask.proposers, "devices asked in each round, beside this one (k)");
  made->add_option("--scope", ask.scope, "how far the question may travel")
      ->check(CLI::IsMember({"local", "group", "mesh"}));
  made->add_option("--max-tokens", ask.tokens_max, "length of the answer");
  made->add_option("--temperature", ask.temperature, "0 to 2");
  made->add_option("--seed", ask.seed, "for repeatable answers");
  add_time(made, "--deadline", ask.deadline, "when to give up");
  made->add_flag("--why", ask.why, "show who said what, and how long it took");
  made->add_flag_callback(
      "--no-stream", [&ask] { ask.stream = false; }, "print the answer when it is complete");
}

void add_eval(CLI::App& app, Said& said) {
  auto& eval = said.evaluate;
  auto* made = add_verb(app, said, eval, "eval", "does the mesh answer better than the best device?",
                        "grapevine eval --menu menu.toml --picture quality.png alpaca_eval.jsonl");
  made->add_option(
          "file,--test", eval.file,
          "recorded answers with preferences (AlpacaEval's lines), which are replayed, or questions\n"
          "with answers (SQuAD's JSON), which are asked on the running mesh")
      ->required()
      ->type_name("FILE");
  made->add_option("--train", eval.train, "recorded answers to learn from first; default: ten-fold")
      ->type_name("FILE");
  made->add_option("--menu", eval.menu, "write what each plan is worth, as TOML")->type_name("FILE");
  made->add_option("--picture", eval.picture, "draw quality against cost, as PNG")->type_name("FILE");
  made->add_option("--questions", eval.questions, "ask the running mesh only the first so many")
      ->check(CLI::Range(1, 1'000'000));
}

void add_verdict(CLI::App& app, Said& said) {
  auto* judge = add_verb(app, said, said.judge, "verdict",
                         "say how good an answer was, so that choosing learns", "grapevine verdict good");
  judge
      ->add_option("verdict", said.judge.opinions,
                   "good, bad or a number from 0 to 1; or DEVICE=VERDICT for each that answered")
      ->required();
  judge->add_option("--id", said.judge.id,
                    "of the answer, as --why and --json show it; the latest otherwise");
}

void add_events(CLI::App& app, Said& said) {
  auto* tell = add_verb(app, said, said.tell, "event", "tell every device something small",
                        "grapevine event doorbell \"somebody is at the door\"");
  tell->add_option("name", said.tell.name, "what kind of event; at most 64 bytes, no spaces")->required();
  tell->add_option("text", said.tell.text, "what about it; at most 1024 bytes");
  auto* list = add_verb(app, said, said.events, "events", "the events heard here, the latest 256 at most",
                        "grapevine events --follow");
  list->add_flag("--follow", said.events.follow, "go on with those that come");
  list->add_option("--count", said.events.count, "only the last so many; with --follow: end after so many")
      ->check(CLI::Range(1, 1'000'000));
}

void add_revocation(CLI::App& app, Said& said) {
  auto* revoke = add_verb(app, said, said.revoke, "revoke", "expel a device, and all it has let in",
                          "grapevine revoke kitchen-pi --reason stolen");
  revoke->add_option("subject", said.revoke.subject, "a name or an id")->required();
  revoke->add_option("--reason", said.revoke.reason, "for people; at most 64 bytes")->type_name("TEXT");
  revoke->add_option("--keep", said.revoke.keep, "let this one stay, of those that would fall with it")
      ->type_name("ADMISSION");
  revoke->add_flag("--yes", said.revoke.yes, "do not ask");
}

CLI::Option* add_time(CLI::App* app, const std::string& flag, Duration& into, const std::string& what) {
  return app
      ->add_option_function<std::string>(
          flag,
          [&into, flag](const std::string& text) {
            const auto time = parse_time(text);
            if (!time) throw CLI::ValidationError(flag, "\"" + text + "\" is no time such as 60s or 2m");
            into = *time;
          },
          what)
      ->type_name("TIME");
}

std::optional<Duration> parse_time(const std::string& text) {
  std::uint32_t number = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, number);
  const std::string_view unit(end, static_cast<std::size_t>(last - end));
  if (error != std::errc() || number == 0) return std::nullopt;
  if (unit == "ms") return number * Duration(1ms);
  if (unit.empty() || unit == "s") return number * Duration(1s);
  if (unit == "m") return number * Duration(1min);
  if (unit == "h") return number * Duration(1h);
  return std::nullopt;
}

}  // namespace

}  // namespace grapevine::node::cli
