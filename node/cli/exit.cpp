#include "node/cli/exit.hpp"

namespace grapevine::node::cli {

namespace {

Exit exit_of(Code code) {
  switch (code) {
    case Code::unknown: return Exit::not_found;
    case Code::bad_signature: return Exit::not_trusted;
    case Code::full: return Exit::mesh_full;
    case Code::unavailable: return Exit::no_daemon;
    case Code::malformed:
    case Code::not_canonical:
    case Code::too_big:
    case Code::expired:
    case Code::early:
    case Code::refused:
    case Code::conflict:
    case Code::storage: return Exit::failed;
  }
  return Exit::failed;
}

}  // namespace

Failure failure(const Error& error) {
  return {exit_of(error.code), std::string(name(error.code)), error.text};
}

}  // namespace grapevine::node::cli
