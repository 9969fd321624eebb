// What may be asked, by name: `grapevine` (the mesh decides), `grapevine:m1k2` (so many layers and
// proposers), `local` (this device alone), `MODEL@NODE` (that model there, alone), and this device's own
// model by its bare name. Peers tell their models in their address records, so the list is read from this
// node's registry and never waits for anybody. NODE is a name that leads to the node, against no pin, or its
// id: what a device is labelled, or claims in vain, brings it no question.
#pragma once

#include "moa/ask.hpp"
#include "node/api.hpp"
#include "node/core.hpp"

namespace grapevine::node {

/// A model on some device, as the device says.
struct Offer {
  std::string model;
  NodeId node;
  std::vector<std::string> names;  // that lead to the node; none: it is asked by its id alone

  /// The first of its names, else the beginning of its id.
  std::string called() const { return names.empty() ? short_name(node) : names.front(); }
};

struct Catalogue {
  NodeId self;
  std::string self_name;
  std::vector<Offer> offers;              // own first, then by node
  std::vector<std::string> changed = {};  // names that lead elsewhere than they were pinned to

  /// Every name that may be asked, with whose it is: {name, node name}.
  std::vector<std::pair<std::string, std::string>> names() const;
};

/// How an address record tells of a model; Catalogue reads it back.
dns::Offering offering_of(const moa::Profile& profile);
Catalogue catalogue(const Core& core, Now now);

/// Where a model name leads.
struct Target {
  std::optional<moa::Shape> shape;  // absent: what the request or the configuration says
  std::optional<NodeId> only;
  std::optional<moa::Scope> scope;  // absent: what the request or the configuration says
};
/// 404 `model_not_found` with the list, 403 `pin_changed` for a name that was somebody else's, or 400 for a
/// shape nobody can read.
Result<Target, ApiError> find_target(const Catalogue& catalogue, std::string_view name);

}  // namespace grapevine::node
