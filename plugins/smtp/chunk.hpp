// One BDAT command whose octets are being read. RFC 3030 2.
#pragma once

#include <cstdint>
#include <string>

namespace ph_smtp {

struct Chunk {
  uint64_t size = 0;
  uint64_t left = 0;
  bool last = false;
  // Not 0: the octets belong to no message; they are read, dropped, and answered so.
  int code = 0;
  std::string enhanced;
  std::string text;
};

}  // namespace ph_smtp
