// What a node believes, as JSON: itself, its peers, its models; names are api_names.hpp's. Read from the Core
// on the loop's thread and copied out; nothing here waits. The command line prints these objects unchanged
// with --json, so fields are only ever added.
#pragma once

#include "node/api_answer.hpp"
#include "node/api_change.hpp"
#include "node/surroundings.hpp"

namespace grapevine::node {

/// {"name","node","mesh","role","version","ready","reason","peers","model","queue","records","certificate_ends",...}.
std::string status_json(const Core& core, Now now);
/// {"status":"alive"}, said by the loop.
std::string health_json(const Core& core, Now now);
/// Nothing while a model can answer here or on a peer; else why not.
std::optional<std::string> unready(const Core& core, Now now);
/// {"peers":[{"name","node","self","state",...}]}, this device first, then by name.
std::string peers_json(const Core& core, Now now);
/// OpenAI's list of models, and one of them; 404 with the list.
std::string models_json(const Core& core, Now now);
Result<std::string, ApiError> model_json(const Core& core, Now now, std::string_view id);

/// What the body of POST /api/mesh/invites asks for: {"role","owner","for"}, all optional. Answers with
/// {"invite","not_after","addresses"}; refused while newcomers could not knock.
Result<Change, ApiError> make_invite(std::string_view body, const LookAround& look_around);

/// What every node in a provenance is called.
NodeNames names_of(const Core& core, Now now, const moa::Provenance& provenance);

}  // namespace grapevine::node
