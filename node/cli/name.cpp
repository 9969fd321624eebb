#include "node/cli/daemon.hpp"
#include "node/cli/show.hpp"

#include <chrono>
#include <thread>

#include <nlohmann/json.hpp>

namespace grapevine::node::cli {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto look_every = 500ms;  // votes take seconds, at worst terms of ten minutes

Outcome wait_for_certificate(const std::string& wanted, Duration wait, const Shared& shared);
void show_claimed(const Json& name);
Json standing_of(const Json& names, const std::string& wanted);
void show_names(const Json& names);
void show_offers(const Json& offers);

std::string text(const Json& json, const char* field) {
  return json.at(field).is_null() ? std::string() : printable(json.at(field).get<std::string>());
}

}  // namespace

Outcome run(const ClaimName& verb, const Shared& shared) {
  const auto name = change(shared, "/api/mesh/names", {{"name", verb.name}});
  if (name && verb.wait > Duration{}) return wait_for_certificate(text(*name, "name"), verb.wait, shared);
  return show(name, shared.output, show_claimed);
}

Outcome run(const RenewNames& verb, const Shared& shared) {
  const auto wish = verb.name.empty() ? Json::object() : Json{{"name", verb.name}};
  const auto renewed = change(shared, "/api/mesh/names/renew", wish);
  if (!renewed) return renewed.error();
  return show(renewed->at("names"), shared.output, show_names);
}

Outcome run(const RetireName& verb, const Shared& shared) {
  const auto retired = change(shared, "/api/mesh/names/retire", {{"name", verb.name}});
  return show(retired, shared.output, [](const Json& name) {
    std::printf("%s is no name of this device any more; others can claim it from %s on\n",
                text(name, "name").c_str(), text(name, "free_at").c_str());
  });
}

Outcome run(const ListNames& verb, const Shared& shared) {
  const auto listed = get(shared, verb.all ? "/api/mesh/names?all" : "/api/mesh/names");
  if (!listed) return listed.error();
  show(listed->at("names"), shared.output, show_names);
  return show(listed->at("offers"), shared.output, show_offers);
}

namespace {

/// Looks until a jury has confirmed the name, or the one this device had to take in its place.
Outcome wait_for_certificate(const std::string& wanted, Duration wait, const Shared& shared) {
  const auto until = Clock::now() + wait;
  bool has_said_why = shared.output != Output::people;
  for (;; std::this_thread::sleep_for(look_every)) {
    const auto listed = get(shared, "/api/mesh/names");
    if (!listed) return listed.error();
    const auto name = standing_of(listed->at("names"), wanted);
    if (name.is_null())
      return Failure{Exit::failed, "lost", wanted + " is not this device's any more", "claim another"};
    const std::string state = text(name, "state"), limit = text(name, "limit");
    if (state == "confirmed" || Clock::now() >= until) {
      show(name, shared.output, show_claimed);
      if (state == "confirmed") return std::nullopt;
      return Failure{Exit::too_late, "not_confirmed", text(name, "name") + " is still " + state,
                     "look again with `grapevine name list`"};
    }
    if (!limit.empty() && !std::exchange(has_said_why, true))
      std::fprintf(stderr, "waiting; %s\n", limit.c_str());
  }
}

void show_claimed(const Json& name) {
  std::printf("%s is this device now (%s)\n", text(name, "name").c_str(), text(name, "state").c_str());
}

/// The wanted name of this device, or the one it took in its place: the same with four characters of its id
/// behind it. Null when it has neither.
Json standing_of(const Json& names, const std::string& wanted) {
  Json renamed;
  for (const auto& name : names) {
    if (name.at("name") == wanted) return name;
    const auto label = text(name, "name");
    const auto suffix = "-" + text(name, "holder").substr(0, 4);
    const bool is_made_of_it =
        label.ends_with(suffix) && wanted.starts_with(label.substr(0, label.size() - suffix.size()));
    if (is_made_of_it) renamed = name;
  }
  return renamed;
}

void show_names(const Json& names) {
  std::vector<std::vector<std::string>> rows{{"NAME", "STATE", "DEVICE", "UNTIL", "HANDED OVER"}};
  for (const auto& name : names) {
    const auto& transfer = name.at("transfer");
    rows.push_back({name.at("name"), name.at("state"), name.at("holder_name"), name.at("lease_end"),
                    transfer.is_null()
                        ? ""
                        : "to " + text(transfer, "to_name") + " at " + text(transfer, "takes_effect")});
  }
  std::fputs(table(rows).c_str(), stdout);
  for (const auto& name : names) {
    if (name.at("limit").is_null()) continue;
    std::printf("%s\n", text(name, "limit").c_str());
    break;  // the same for all
  }
}

void show_offers(const Json& offers) {
  for (const auto& offer : offers)
    std::printf("%s offers %s; take it with `grapevine name accept %s` before %s\n",
                text(offer, "from_name").c_str(), text(offer, "name").c_str(), text(offer, "name").c_str(),
                text(offer, "accept_by").c_str());
}

}  // namespace

}  // namespace grapevine::node::cli
