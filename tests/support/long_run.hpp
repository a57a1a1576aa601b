// Whether tests run at full length: `./dev test --long`.
#pragma once

#include <cstdlib>
#include <string_view>

inline bool isLongRun() {
  const char* said = std::getenv("PH_LONG");
  return said != nullptr && std::string_view(said) == "1";
}
