// Structs that grow: a caller's may be shorter or longer than ours.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "ph/text.hpp"

namespace posthouse::abi {

// As much of `from` as the caller has room for. A size of 0 is that of today.
template <class T>
void give(const T& from, T* to) {
  const uint32_t size = to->size == 0 ? sizeof(T) : std::min<uint32_t>(to->size, sizeof(T));
  std::memcpy(to, &from, size);
  to->size = size;
}

// What the caller said; zero where it knows less than we do.
template <class T>
T take(const T& from) {
  T out{};
  std::memcpy(&out, &from, std::min<size_t>(from.size, sizeof out));
  out.size = sizeof out;
  return out;
}

}  // namespace posthouse::abi
