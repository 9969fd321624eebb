#include "crypto/signed.hpp"

namespace grapevine {

Bytes signed_bytes(std::string_view purpose, const MeshId& mesh, std::uint8_t type, View payload) {
  const auto size = static_cast<std::uint32_t>(payload.size());
  ensure(size == payload.size(), "a payload is shorter than 4 GiB");
  Bytes bytes;
  bytes.reserve(purpose.size() + 1 + MeshId{}.value.size() + 1 + 4 + payload.size());
  append(bytes, view(purpose));
  bytes.push_back(0);
  append(bytes, mesh.value.view());
  bytes.push_back(type);
  for (const int shift : {24, 16, 8, 0}) bytes.push_back(static_cast<std::uint8_t>(size >> shift));
  append(bytes, payload);
  return bytes;
}

}  // namespace grapevine
