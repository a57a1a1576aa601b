// What a shared object exports. Threads: any.
#pragma once

#include <string>
#include <vector>

#include "ph/result.hpp"

namespace ph::validate {

// The defined dynamic symbols of a 64-bit ELF file, read from the file: nothing of it runs.
Result<std::vector<std::string>> exportedSymbols(const std::string& bytes);

}  // namespace ph::validate
