// Between ph_str and std::string_view, and between ph_status and Status.
#pragma once

#include <ph/types.h>

#include <string>
#include <string_view>

#include "ph/result.hpp"

namespace ph {

inline ph_str str(std::string_view s) {
  return {s.data(), s.size()};
}
inline std::string_view view(ph_str s) {
  return s.ptr ? std::string_view(s.ptr, s.len) : std::string_view();
}

// An empty ph_error to pass down.
inline ph_error noError() {
  ph_error e;
  e.size = sizeof e;
  e.text[0] = '\0';
  return e;
}

// Copies as much of `text` as fits.
inline void fill(ph_error* error, std::string_view text) {
  if (!error) return;
  error->text[text.copy(error->text, sizeof error->text - 1)] = '\0';
}

inline Status toStatus(ph_status s, std::string_view text = {}) {
  if (s == PH_OK) return {};
  return Error{static_cast<Kind>(s), std::string(text)};
}

inline ph_status fromStatus(const Status& s, ph_error* error = nullptr) {
  if (s.ok()) return PH_OK;
  fill(error, s.error().text);
  return static_cast<ph_status>(s.error().kind);
}

// Zero-initialised struct with its `size` member set.
template <class T>
T sized() {
  T t{};
  t.size = sizeof(T);
  return t;
}

// A sink that appends to a string.
inline ph_sink stringSink(std::string& out) {
  return {&out, [](void* ctx, const void* data, size_t size) -> ph_status {
            static_cast<std::string*>(ctx)->append(static_cast<const char*>(data), size);
            return PH_OK;
          }};
}

}  // namespace ph
