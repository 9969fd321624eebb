#include "moa/message.hpp"

namespace grapevine::moa {

Fixed<32> prompt_hash(const Turns& turns) {
  return hash<32>(purpose::prompt, {wire::encode(turns)});
}

Fixed<32> text_hash(std::string_view text) {
  return hash<32>(purpose::text, {view(text)});
}

}  // namespace grapevine::moa
