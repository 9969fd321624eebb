// Where others can reach this device: the hosts it was told to advertise, or the one it listens on, or every
// address it has but those that lead nowhere (loopback, link-local, bridges of containers and virtual
// machines). Written in the three forms others read: a contact for gossip, endpoints for the registry,
// "host:port" lines for invites.
#pragma once

#include "dns/record.hpp"
#include "gossip/message.hpp"
#include "node/config.hpp"

#include <string>
#include <vector>

namespace grapevine::node {

/// Hosts without ports, most reachable first; never empty: a device without a network still reaches itself.
std::vector<std::string> reachable_hosts(const Endpoint& listen, const std::vector<std::string>& advertise);

/// "host:port,host:port"; hosts that no longer fit are left out.
gossip::Contact contact_of(const std::vector<std::string>& hosts, std::uint16_t port);
/// Those of the hosts that are addresses.
std::vector<dns::Endpoint> endpoints_of(const std::vector<std::string>& hosts, std::uint16_t port);
/// At most four, as many as an invite holds.
std::vector<std::string> lines_of(const std::vector<std::string>& hosts, std::uint16_t port);

}  // namespace grapevine::node
