#include "node/daemon.hpp"

#include "dns/store_guard.hpp"
#include "node/addresses.hpp"
#include "node/catalogue.hpp"
#include "node/dns_server.hpp"
#include "node/footprint.hpp"
#include "node/home.hpp"
#include "node/http.hpp"
#include "node/loop.hpp"
#include "node/models/models.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include <unistd.h>

namespace grapevine::node {

namespace {

// The running program itself, also after an upgrade has replaced its file.
constexpr const char* this_program = "/proc/self/exe";

int say_wrong(const std::string& text, int status);
int end_soon(Loop::End end, const Run& run);
Result<Config> read_config(const Run& run);
ModelConfig model_config(const Config& config, const Home& home);
std::unique_ptr<Model> first_model(const Config& config, const ModelConfig& wanted, const Log& log);
Workers::Detect detection(const Config& config, const ModelConfig& wanted, const Model& first);
Options options_of(const Config& config, std::uint16_t mesh_port, const std::optional<moa::Profile>& profile);
BeaconPort open_beacon_port(const Config& config, const Core& core, std::uint16_t mesh_port, const Log& log);
std::unique_ptr<DnsServer> open_dns(const Config& config, const Core& core, const Log& log);
std::function<bool(std::vector<dns::Presence>)> shower(DnsServer* dns);
Lacks lacks(const Config& config, const std::optional<moa::Profile>& profile, const DnsServer* dns);
LookAround sight(const Config& config, const std::filesystem::path& home, const Transport& transport,
                 const JoinPort& join_port, const BeaconPort& beacon_port, Lacks lacks);

template <class T>
T or_throw(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().text);
  return std::move(*result);
}

}  // namespace

int check_config(const Run& run) {
  const auto config = read_config(run);
  return config ? 0 : say_wrong(config.error().text, 2);
}

int run_node(const Run& run) {
  const auto config = read_config(run);
  if (!config) return say_wrong(config.error().text, 2);
  try {
    Signals signals;  // before any thread, so that each inherits the mask
    const LocalClock clock;
    const Log log(config->log);
    Home home = or_throw(load_home(home_folder(run.data), clock.now().wall));
    auto guarded = or_throw(dns::open_guarded(home.folder, this_program));
    if (guarded.set_aside) log.say(Loudness::error, "store.set_aside", guarded.set_aside->string());

    const auto& listen = config->mesh.listen;
    Transport transport({listen.host, listen.port}, home.transport, home.identity.node);
    const ModelConfig wanted = model_config(*config, home);
    auto model = first_model(*config, wanted, log);
    const auto profile = model ? std::optional(model->profile()) : std::nullopt;

    SodiumVerifier verifier;
    Options options = options_of(*config, transport.port(), profile);
    options.memory = guarded.set_aside ? dns::Memory::lost : dns::Memory::kept;
    gossip::Book book(options.gossip.members_max);
    Core core(std::move(options), std::move(home.identity), guarded.store, verifier, book);
    Inbox<Handed> inbox(Loop::inbox_max);
    inbox.put(Input(ModelFound{profile}));
    Front front(inbox);
    Workers workers(inbox);
    if (model) {
      auto better = detection(*config, wanted, *model);
      workers.use(std::move(model), std::move(better));
    }
    JoinPort join_port(this_program, to_string(config->mesh.join_listen));
    BeaconPort beacon_port = open_beacon_port(*config, core, transport.port(), log);
    const auto dns = open_dns(*config, core, log);
    auto look =
        sight(*config, home.folder, transport, join_port, beacon_port, lacks(*config, profile, dns.get()));
    const HttpServer http(*config, home.api_token, home.keys, front, std::move(look), log);
    log.say(Loudness::info, "ready",
            "http://" + to_string(Endpoint{config->api.listen.host, http.port()}) + " mesh port " +
                std::to_string(transport.port()));
    Loop loop({.core = core,
               .transport = transport,
               .join_port = join_port,
               .beacon_port = beacon_port,
               .workers = workers,
               .front = front,
               .inbox = inbox,
               .signals = signals,
               .clock = clock,
               .commit = [&](dns::Urgency urgency) { return guarded.store.commit(urgency); },
               .scrub = [&] { return give_back_what_is_idle(), guarded.store.scrub(); },
               .keep = [&](const KeepCertificate& renewed) { return keep_certificate(home.folder, renewed); },
               .note = [&](const Note& note) { log.note(note); },
               .show = shower(dns.get())});
    loop.start();
    give_back_what_is_idle();
    const auto end = loop.run();
    return end_soon(end, run);
  } catch (const std::exception& error) {
    return say_wrong(error.what(), 1);
  }
}

namespace {

int say_wrong(const std::string& text, int status) {
  std::fprintf(stderr, "grapevined: %s\n", text.c_str());
  return status;
}

// Everything is committed and said. A model server that does not hear "stop" must not keep the process; and
// somebody who interrupts twice does not want to wait at all. Who has seen its store damaged becomes the next
// start, which sets it aside, in the same process: whoever watches over it need not know.
int end_soon(Loop::End end, const Run& run) {
  if (end == Loop::End::interrupted) std::_Exit(130);
  if (end == Loop::End::damaged) ::execv(this_program, run.arguments), std::_Exit(1);
  std::signal(SIGALRM, [](int) { std::_Exit(0); });
  ::ualarm(std::chrono::microseconds(600ms).count(), 0);
  return 0;
}

Result<Config> read_config(const Run& run) {
  const auto environment = environment_of_process();
  const auto file = config_file(run.config, environment);
  if (!file) return fail(file.error());
  return load_config(*file, environment, run.settings);
}

ModelConfig model_config(const Config& config, const Home& home) {
  ModelConfig wanted;
  wanted.kind = "knowledge";
  wanted.folders.assign(config.knowledge_folders.begin(), config.knowledge_folders.end());
  wanted.data = home.folder;
  if (config.knowledge_sketch) wanted.tell = home.identity.mesh.id;
  if (!config.model) return wanted;
  const ModelChoice& choice = *config.model;
  wanted.kind = choice.kind;
  wanted.url = choice.url;
  wanted.name = choice.name;
  wanted.family = choice.family;
  wanted.slots = static_cast<std::uint8_t>(choice.slots);
  wanted.key_file = choice.key_file;
  wanted.recorded.file = choice.file;
  wanted.recorded.pace.tokens_per_second = choice.tokens_per_second;
  wanted.recorded.synthesizes = choice.synthesizes;
  return wanted;
}

// A node without a model is still a name, a relay and a front door.
std::unique_ptr<Model> first_model(const Config& config, const ModelConfig& wanted, const Log& log) {
  auto made = config.model ? make_model(wanted) : find_model(wanted);
  if (!made) {
    log.say(Loudness::warn, "model.none", made.error().text);
    return nullptr;
  }
  log.say(Loudness::info, "model", made->description);
  return std::move(made->model);
}

// Documents only stand in for a model server, unless the owner chose them.
Workers::Detect detection(const Config& config, const ModelConfig& wanted, const Model& first) {
  if (config.model || first.profile().kind != "knowledge") return nullptr;
  return [wanted]() -> std::unique_ptr<Model> {
    if (!find_server(usual_candidates())) return nullptr;
    auto made = find_model(wanted);
    if (!made || made->model->profile().kind == "knowledge") return nullptr;
    return std::move(made->model);
  };
}

Options options_of(const Config& config, std::uint16_t mesh_port,
                   const std::optional<moa::Profile>& profile) {
  const auto hosts = reachable_hosts(config.mesh.listen, config.mesh.advertise);
  const auto join_hosts = reachable_hosts(config.mesh.join_listen, config.mesh.advertise);
  Options options;
  options.moa.shape = {static_cast<std::uint8_t>(config.moa.layers),
                       static_cast<std::uint8_t>(config.moa.proposers)};
  options.moa.layers_max = static_cast<std::uint8_t>(config.moa.layers_max);
  options.moa.proposers_max = static_cast<std::uint8_t>(config.moa.proposers_max);
  options.moa.deadline = config.moa.deadline;
  options.moa.policy = config.moa.policy == "paper"      ? moa::Policy::paper
                       : config.moa.policy == "shortest" ? moa::Policy::shortest
                                                         : moa::Policy::price;
  options.moa.canaries = config.moa.canaries;
  options.moa.delegate = config.moa.delegate == "never" ? moa::Delegate::never
                         : config.moa.delegate == "any" ? moa::Delegate::any
                                                        : moa::Delegate::own;
  if (!config.moa.menu.empty()) options.moa.menu = moa::Menu(config.moa.menu);
  options.contact = contact_of(hosts, mesh_port);
  options.announcement.endpoints = endpoints_of(hosts, mesh_port);
  options.announcement.capabilities = config.capabilities;
  if (profile) {
    options.announcement.services = {offering_of(*profile)};
    options.announcement.capabilities.emplace_back(profile->kind);
  }
  options.name = config.name;
  options.dns.zone_parent = config.dns.parent;
  if (config.dns.announce) options.dns.announcement_lead = dns::announcement_lead_wanted;
  options.join_addresses = lines_of(join_hosts, config.mesh.join_listen.port);
  fill_random({reinterpret_cast<std::uint8_t*>(&options.seed), sizeof options.seed});
  return options;
}

// A node that only this computer can reach has nobody to call, and one that cannot discover works without.
BeaconPort open_beacon_port(const Config& config, const Core& core, std::uint16_t mesh_port, const Log& log) {
  const auto& listen = config.mesh.listen;
  const bool everywhere = listen.host == "0.0.0.0" || listen.host == "::";
  const auto only = everywhere ? std::nullopt : parse_ipv4(listen.host);
  const auto off = [](std::string why) { return BeaconPort(Discovery{.off_because = std::move(why)}); };
  if (!config.mesh.discovery) return off("mesh.discovery = false");
  if (is_loopback(listen)) return off("mesh.listen is of this computer only");
  if (!everywhere && !only) return off("mesh.listen is no IPv4 address");
  const auto& identity = core.identity();
  auto opened = BeaconPort::open({identity.mesh.id, identity.node, mesh_port, only});
  if (opened) return std::move(*opened);
  log.say(Loudness::warn, "discovery.off", opened.error().text);
  return BeaconPort(Discovery{.off_because = opened.error().text, .failed = true});
}

// Names are found by `grapevine lookup` as well: a port that is taken, by another node of this computer for
// instance, is no reason to stay away from the mesh.
std::unique_ptr<DnsServer> open_dns(const Config& config, const Core& core, const Log& log) {
  if (!config.dns.serve) return nullptr;
  const auto& identity = core.identity();
  dns::Zone::Rules rules{.origin = dns::zone_name(identity.mesh.root.mesh_name, config.dns.parent),
                         .self = identity.node,
                         .provisional = config.dns.provisional};
  const auto own = endpoints_of({config.dns.listen.host}, config.dns.listen.port);
  if (!own.empty() && dns::is_routable(own.front().ip)) rules.server = own.front().ip;
  try {
    const std::string zone = rules.origin;
    auto server = std::make_unique<DnsServer>(config.dns.listen, std::move(rules));
    log.say(Loudness::info, "dns",
            zone + " on " + to_string(Endpoint{config.dns.listen.host, server->port()}));
    return server;
  } catch (const std::exception& trouble) {
    log.say(Loudness::warn, "dns.off", trouble.what());
    return nullptr;
  }
}

std::function<bool(std::vector<dns::Presence>)> shower(DnsServer* dns) {
  if (dns == nullptr) return nullptr;
  return [dns](std::vector<dns::Presence> presences) { return dns->show(std::move(presences)); };
}

Lacks lacks(const Config& config, const std::optional<moa::Profile>& profile, const DnsServer* dns) {
  Lacks found;
  if (!profile) {
    found.model = "the model could not be had at the start; the log says why";
  } else if (profile->kind == "knowledge" && config.knowledge_folders.empty()) {
    found.model = "there are only documents to answer from, and no folder is named";
  }
  if (config.dns.serve && dns == nullptr) found.dns = to_string(config.dns.listen);
  return found;
}

LookAround sight(const Config& config, const std::filesystem::path& home, const Transport& transport,
                 const JoinPort& join_port, const BeaconPort& beacon_port, Lacks lacks) {
  return [&, mesh = config.mesh, home, lacks = std::move(lacks)](Time now) {
    return Surroundings{.loopback = is_loopback(mesh.listen),
                        .mesh_port = transport.port(),
                        .contact = contact_of(reachable_hosts(mesh.listen, mesh.advertise), transport.port()),
                        .called_at = transport.called_at(),
                        .discovery = beacon_port.discovery(now),
                        .descriptors = descriptors(),
                        .lacks = lacks,
                        .stores_set_aside = dns::stores_set_aside(home),
                        .join_obstacle = join_port.obstacle()};
  };
}

}  // namespace

}  // namespace grapevine::node
