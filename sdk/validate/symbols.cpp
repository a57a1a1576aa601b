#include "validate/symbols.hpp"

#include <elf.h>

#include <cstring>

namespace ph::validate {

namespace {

// A struct at `offset`; false when the file ends before it.
template <class T>
bool at(const std::string& bytes, uint64_t offset, T* out) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) return false;
  std::memcpy(out, bytes.data() + offset, sizeof(T));
  return true;
}

}  // namespace

Result<std::vector<std::string>> exportedSymbols(const std::string& bytes) {
  const Error broken{Kind::Invalid, "not a 64-bit ELF file with section headers"};
  Elf64_Ehdr head{};
  if (!at(bytes, 0, &head) || std::memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 || head.e_ident[EI_CLASS] != ELFCLASS64) {
    return broken;
  }
  std::vector<std::string> out;
  for (unsigned i = 0; i < head.e_shnum; ++i) {
    Elf64_Shdr table{}, names{};
    if (!at(bytes, head.e_shoff + uint64_t{i} * sizeof table, &table)) return broken;
    if (table.sh_type != SHT_DYNSYM) continue;
    if (!at(bytes, head.e_shoff + uint64_t{table.sh_link} * sizeof names, &names)) return broken;
    if (names.sh_offset > bytes.size() || names.sh_size > bytes.size() - names.sh_offset) return broken;
    const std::string_view text(bytes.data() + names.sh_offset, names.sh_size);
    for (uint64_t offset = 0; offset + sizeof(Elf64_Sym) <= table.sh_size; offset += sizeof(Elf64_Sym)) {
      Elf64_Sym symbol{};
      if (!at(bytes, table.sh_offset + offset, &symbol) || symbol.st_name >= text.size()) return broken;
      const auto bind = ELF64_ST_BIND(symbol.st_info);
      if (symbol.st_shndx == SHN_UNDEF || (bind != STB_GLOBAL && bind != STB_WEAK && bind != STB_GNU_UNIQUE)) continue;
      const std::string_view name = text.substr(symbol.st_name);
      out.emplace_back(name.substr(0, name.find('\0')));
    }
    return out;
  }
  return broken;
}

}  // namespace ph::validate
