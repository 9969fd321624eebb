#include "node/footprint.hpp"

#include <cstdint>

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

namespace grapevine::node {

namespace {

// Segments that were never writable hold exactly what stands in the file. (What the linker relocates and then
// protects lies in writable ones.)
int drop_pages(dl_phdr_info* object, std::size_t, void*) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  for (const auto* segment = object->dlpi_phdr; segment != object->dlpi_phdr + object->dlpi_phnum;
       ++segment) {
    if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W) != 0) continue;
    const std::uintptr_t begin = (object->dlpi_addr + segment->p_vaddr) & ~(page - 1);
    const std::uintptr_t end = object->dlpi_addr + segment->p_vaddr + segment->p_memsz;
    ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
  }
  return 0;
}

}  // namespace

void give_back_what_starting_needed() {
  ::malloc_trim(0);
  ::dl_iterate_phdr(drop_pages, nullptr);
}

}  // namespace grapevine::node
