#include "node/doctor.hpp"

#include "node/api.hpp"
#include "node/json.hpp"

#include <algorithm>
#include <cstdlib>

#include <nlohmann/json.hpp>

namespace grapevine::node {

namespace {

constexpr std::size_t listed_max = 3;  // names in a sentence; the rest is a number

Finding dialled(const Patient& patient);
Finding address(const Patient& patient);
Finding company(const Patient& patient);
Finding gaps(const Patient& patient);
Finding clock(const Patient& patient);
Finding certificate(const Patient& patient);
Finding discovery(const Patient& patient);
Finding names_in_dns(const Patient& patient);
Finding model(const Patient& patient);
Finding store(const Patient& patient);
Finding descriptors(const Patient& patient);

std::string called(const Patient& patient, const NodeId& node);
std::string list(const std::vector<std::string>& all);
std::string apart(SignedClock::duration time);

}  // namespace

std::string_view name(Verdict verdict) {
  switch (verdict) {
    case Verdict::well: return "well";
    case Verdict::unknown: return "unknown";
    case Verdict::wrong: return "wrong";
  }
  return "unknown";
}

Patient patient(const Core& core, Surroundings around, Now now) {
  Patient made{.self = core.identity().node,
               .now = now.wall,
               .ability = core.engine().load(now.time).ability,
               .members = core.gossip().view(),
               .gaps = core.gossip().gaps(now.time),
               .clocks = core.gossip().clocks(now.time),
               .around = std::move(around)};
  const Certificate* own = core.roster().find(made.self);
  if (own != nullptr) made.certificate_ends = own->not_after;
  made.voice = core.roster().voice_of(made.self);
  for (const auto& member : made.members) {
    made.names.emplace(member.node, core.registry().display_name(member.node, now.wall));
    const auto load = core.engine().load_of(member.node);
    const bool answers = member.node != made.self && member.status == gossip::Status::alive && load &&
                         load->ability != moa::Ability::none;
    made.others_answering += answers ? 1 : 0;
  }
  return made;
}

std::vector<Finding> examine(const Patient& patient) {
  return {dialled(patient),      address(patient),   company(patient),     gaps(patient),
          clock(patient),        discovery(patient), certificate(patient), model(patient),
          names_in_dns(patient), store(patient),     descriptors(patient)};
}

std::string doctor_json(const std::vector<Finding>& findings) {
  using Json = nlohmann::ordered_json;
  Json all = Json::array();
  bool well = true;
  for (const auto& finding : findings) {
    well = well && finding.verdict != Verdict::wrong;
    all.push_back({{"check", finding.check},
                   {"verdict", name(finding.verdict)},
                   {"finding", finding.what},
                   {"advice", finding.advice.empty() ? Json() : Json(finding.advice)}});
  }
  return text_of({{"well", well}, {"findings", std::move(all)}});
}

namespace {

// That somebody's call came through is proof. That nobody called is none: of two the smaller id calls, and a
// standing link is used both ways.
Finding dialled(const Patient& patient) {
  std::map<std::string, std::vector<std::string>> callers;
  for (const auto& [node, at] : patient.around.called_at)
    callers[at.empty() ? "an address unknown" : at].push_back(called(patient, node));
  std::string what;
  for (const auto& [at, who] : callers)
    what += (what.empty() ? "" : "; ") + ("at " + at + ", by " + list(who));
  if (!what.empty()) return {"dialled", Verdict::well, "others reach this device " + what};
  return {"dialled", Verdict::unknown,
          "nobody had to call this device yet; told to others: " +
              (patient.around.contact.empty() ? "no address" : std::string(patient.around.contact))};
}

Finding address(const Patient& patient) {
  const auto self = std::find_if(patient.members.begin(), patient.members.end(),
                                 [&](const auto& member) { return member.node == patient.self; });
  const auto told = self == patient.members.end() ? gossip::Contact() : self->contact;
  if (told == patient.around.contact)
    return {"address", Verdict::well,
            std::string(told) + (patient.around.loopback ? ", for programs of this computer only" : "")};
  return {"address", Verdict::wrong,
          "others were told " + std::string(told) + ", but this device has " +
              std::string(patient.around.contact) + " now",
          "restart the node, so that it tells where it is"};
}

Finding company(const Patient& patient) {
  std::size_t others = 0;
  std::size_t here = 0;
  for (const auto& member : patient.members) {
    if (member.node == patient.self || member.status == gossip::Status::left) continue;
    ++others;
    here += member.status == gossip::Status::alive ? 1 : 0;
  }
  const std::string what = std::to_string(here) + " of " + std::to_string(others) + " other devices are here";
  if (others == 0) return {"company", Verdict::unknown, "no other device is known yet"};
  if (here > 0) return {"company", Verdict::well, what};
  return {"company", Verdict::wrong, what,
          "look at this device's network, and whether the others run; they are called again every 30 s"};
}

Finding gaps(const Patient& patient) {
  if (patient.gaps.empty())
    return {"gaps", Verdict::well, "everybody reaches everybody, as far as it shows here"};
  std::vector<std::string> pairs;
  std::vector<std::string> targets;
  for (const auto& gap : patient.gaps) {
    pairs.push_back(called(patient, gap.from) + " does not reach " + called(patient, gap.to));
    targets.push_back(called(patient, gap.to));
  }
  std::sort(targets.begin(), targets.end());
  targets.erase(std::unique(targets.begin(), targets.end()), targets.end());
  return {"gaps", Verdict::wrong, list(pairs) + ", though others do",
          "open the mesh port (TCP, 4781 unless configured) in the firewall of " + list(targets) +
              ", and look at the network between them"};
}

// The middle of what the others say is taken for the time; one clock that lies moves it little.
Finding clock(const Patient& patient) {
  if (patient.clocks.empty())
    return {"clock", Verdict::unknown, "no other clock has been read in the last minute"};
  std::vector<SignedClock::duration> others;
  for (const auto& clock : patient.clocks) others.push_back(clock.ahead);
  std::sort(others.begin(), others.end());
  const auto middle = others[others.size() / 2];
  const std::string compared =
      "compared with " + std::to_string(others.size()) + (others.size() == 1 ? " other" : " others");
  if (std::chrono::abs(middle) > clock_apart_max)
    return {
        "clock", Verdict::wrong,
        "this device is " + apart(middle) + (middle > middle.zero() ? " behind, " : " ahead, ") + compared,
        "set the clock (timedatectl set-ntp true); statements over 10 min ahead are refused"};
  std::vector<std::string> wrong;
  for (const auto& clock : patient.clocks)
    if (std::chrono::abs(clock.ahead - middle) > clock_apart_max)
      wrong.push_back(called(patient, clock.node) + " by " + apart(clock.ahead));
  if (!wrong.empty())
    return {"clock", Verdict::wrong, "other devices are off: " + list(wrong),
            "set their clocks (timedatectl set-ntp true); what they sign is refused by and by"};
  return {"clock", Verdict::well, apart(middle) + " apart, " + compared};
}

Finding discovery(const Patient& patient) {
  const auto& found = patient.around.discovery;
  if (found.failed)
    return {"discovery", Verdict::wrong, "off: " + found.off_because,
            "see what holds the port (ss -ulpn), or set mesh.discovery = false"};
  if (!found.off_because.empty()) return {"discovery", Verdict::well, "off: " + found.off_because};
  if (found.networks == 0)
    return {"discovery", Verdict::wrong, "on, but this device has no IPv4 network with a cable in",
            "connect it; devices elsewhere are found by the addresses remembered"};
  std::vector<std::string> heard;
  for (const auto& beacon : found.heard)
    heard.push_back(called(patient, beacon.node) + " at " + std::string(beacon.contact));
  return {"discovery", heard.empty() ? Verdict::unknown : Verdict::well,
          "on, networks: " + std::to_string(found.networks) + "; beacons heard: " +
              (heard.empty() ? "none; nobody else is on them, or a firewall drops UDP 4781" : list(heard))};
}

Finding certificate(const Patient& patient) {
  const std::string anew =
      "grapevine invite, on a device that may; then move the folder keys away here, and join anew";
  if (patient.voice == Voice::muted)
    return {"certificate", Verdict::wrong, "the key of this device is suspended: nobody listens to it",
            "grapevine trust rotate"};
  if (patient.voice == Voice::retired)
    return {"certificate", Verdict::wrong, "this device was retired: nobody listens to it", anew};
  if (patient.voice == Voice::revoked)
    return {"certificate", Verdict::wrong,
            "this device, or who let it in, was expelled: nobody listens to it", anew};
  const std::string when = rfc3339(patient.certificate_ends);
  const auto left = patient.certificate_ends - patient.now;
  if (left >= certificate_left_least) return {"certificate", Verdict::well, "holds until " + when};
  if (left > left.zero())
    return {"certificate", Verdict::wrong, "ends at " + when + ", and nobody has renewed it",
            "let this device run while one that may invite does, best the one that let it in"};
  return {"certificate", Verdict::wrong, "has ended, at " + when + ": nobody listens to this device", anew};
}

// A device without a model is still a name, a relay and a front door, as long as somebody else answers.
Finding model(const Patient& patient) {
  const auto& lack = patient.around.lacks.model;
  if (lack.empty() || patient.ability == moa::Ability::synthesizes)
    return {"model", Verdict::well, "answers here"};
  if (patient.ability != moa::Ability::none && patient.others_answering > 0)
    return {"model", Verdict::well,
            "none here; devices that answer instead: " + std::to_string(patient.others_answering)};
  return {"model", Verdict::wrong, lack,
          "start a model server (the one of [[model]], if you named one), or name folders of text files in "
          "knowledge.folders; then restart the node"};
}

Finding names_in_dns(const Patient& patient) {
  const auto& lack = patient.around.lacks.dns;
  if (lack.empty()) return {"dns", Verdict::well, "nothing is in its way"};
  return {"dns", Verdict::wrong, "off: " + lack + " could not be had",
          "see what holds the port (ss -lntup), name another in dns.listen, or set dns.serve = false; then "
          "restart the node"};
}

Finding store(const Patient& patient) {
  const auto& aside = patient.around.stores_set_aside;
  if (aside.empty()) return {"store", Verdict::well, "nothing was set aside"};
  std::vector<std::string> folders;
  for (const auto& folder : aside) folders.push_back(folder.string());
  return {"store", Verdict::wrong, "was found damaged, set aside and refilled from peers: " + list(folders),
          "look at the disk (journalctl -k, smartctl -a), then remove what was set aside (rm -r)"};
}

Finding descriptors(const Patient& patient) {
  const auto& now = patient.around.descriptors;
  const std::string what = std::to_string(now.used) + " of " + std::to_string(now.limit) + " in use";
  if (!are_short(now)) return {"descriptors", Verdict::well, what};
  return {"descriptors", Verdict::wrong, what + ": no room for more connections",
          "allow more (ulimit -n 4096, or LimitNOFILE= in the unit), or see who connects (ss -tnp)"};
}

std::string called(const Patient& patient, const NodeId& node) {
  const auto known = patient.names.find(node);
  return known == patient.names.end() ? short_name(node) : known->second;
}

std::string list(const std::vector<std::string>& all) {
  std::string text;
  for (std::size_t i = 0; i < std::min(all.size(), listed_max); ++i) text += (i > 0 ? ", " : "") + all[i];
  return all.size() > listed_max ? text + " and " + std::to_string(all.size() - listed_max) + " more" : text;
}

std::string apart(SignedClock::duration time) {
  const auto size = std::chrono::abs(time);
  if (size < 1s) return std::to_string(size.count()) + " ms";
  if (size < 2min) return std::to_string(size / 1s) + " s";
  if (size < 2h) return std::to_string(size / 1min) + " min";
  return std::to_string(size / 1h) + " h";
}

}  // namespace

}  // namespace grapevine::node
