#include "node/footprint.hpp"

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>

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

// Files mapped to be read and shared, as LMDB maps the store; it writes through the descriptor. (proc(5))
void drop_files() {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    unsigned long begin = 0, end = 0;
    char mode[5]{};
    if (std::sscanf(line.c_str(), "%lx-%lx %4s", &begin, &end, mode) == 3 && std::string(mode) == "r--s")
      ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
  }
}

}  // namespace

void give_back_what_is_idle() {
  ::malloc_trim(0);
  drop_files();
  ::dl_iterate_phdr(drop_pages, nullptr);  // last, since the others run code
}

}  // namespace grapevine::node
