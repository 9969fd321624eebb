#include "node/daemon_flags.hpp"

#include "node/join_server.hpp"

#include <CLI/CLI.hpp>

namespace grapevine::node {

DaemonTask parse_daemon_flags(int count, char* const* arguments) {
  CLI::App app("grapevined: one device of a Grapevine mesh. Runs in the foreground until SIGTERM or SIGINT.",
               "grapevined");
  app.footer(
      "Example:\n  grapevine init && grapevined\n\nEvery key of the configuration can also be set as\n"
      "GRAPEVINE_<TABLE>_<KEY>, for instance GRAPEVINE_MESH_LISTEN=0.0.0.0:4781.");
  app.set_version_flag("--version", "grapevined " GRAPEVINE_VERSION);

  Run run{.arguments = arguments};
  std::string listen;
  std::string level;
  std::string store;
  std::string join;
  bool only_check = false;
  app.add_option("--config", run.config, "configuration file");
  app.add_option("--data", run.data, "home of this node: keys and store");
  app.add_option("--listen", listen, "HOST:PORT of the HTTP API (api.listen)");
  app.add_option("--log-level", level, "error, warn, info or debug (log.level)");
  app.add_flag("--check-config", only_check, "read the configuration, say what is wrong with it, and end");
  app.add_option("--check-store", store, "walk the store in that folder; 0: sound");
  app.add_option(std::string(serve_join_flag), join, "")->group("");  // between this program and itself

  try {
    app.parse(count, arguments);
  } catch (const CLI::CallForHelp&) {
    return Say{app.help(), 0};
  } catch (const CLI::CallForVersion& version) {
    return Say{std::string(version.what()) + "\n", 0};
  } catch (const CLI::ParseError& error) {
    return Say{std::string("grapevined: ") + error.what() + "\nTry grapevined --help.\n", 2};
  }
  if (!store.empty()) return CheckStore{store};
  if (!join.empty()) return ServeJoin{join};
  if (!listen.empty()) run.settings.push_back({"api.listen", listen, "--listen"});
  if (!level.empty()) run.settings.push_back({"log.level", level, "--log-level"});
  if (only_check) return CheckConfig{std::move(run)};
  return run;
}

}  // namespace grapevine::node
