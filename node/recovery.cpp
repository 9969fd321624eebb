#include "node/recovery.hpp"

#include "crypto/key_file.hpp"
#include "dns/author.hpp"

#include <fstream>

namespace grapevine::node {

namespace {

constexpr std::string_view beginning = "grapevine-recovery 1 ";
constexpr unsigned owner_only = 0600;

std::string line_of(const NodeId& node, View record) {
  const auto check = hash<8>(purpose::key_check, {view("recovery"), node.value.view(), record});
  return std::string(beginning) + to_string(node) + " " + to_base32(record) + " " + to_base32(check.view()) +
         "\n";
}

}  // namespace

Result<void> save_recovery(const std::filesystem::path& file, const MeshId& mesh, const NodeId& node,
                           const SigningKey& ending) {
  return write_file(file, line_of(node, dns::retirement(mesh, node, ending, dns::Cause::lost)), owner_only);
}

// Whoever typed it off paper broke the lines where they pleased.
Result<Recovery> load_recovery(const std::filesystem::path& file) {
  std::ifstream from(file);
  if (!from) return fail(Code::unknown, "there is no file " + file.string());
  std::string name, version, id, record, check;
  from >> name >> version >> id >> record;
  for (std::string more; from >> more; check = more) record += check;
  const auto node = parse_node_id(id);
  const auto bytes = from_base32(record);
  if (!node || !bytes || name + " " + version + " " != beginning ||
      line_of(*node, *bytes) != std::string(beginning) + id + " " + record + " " + check + "\n")
    return fail(Code::malformed, file.string() + " is no recovery file, or was mistyped");
  return Recovery{*node, *bytes};
}

}  // namespace grapevine::node
