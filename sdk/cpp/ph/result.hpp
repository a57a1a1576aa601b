// Result<T>: a value or an Error. What every fallible function of host, libraries and C++ layer returns.
// Threads: a plain value type. Errors carry a kind (what the caller can do) and a text (for people).
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace ph {

// Same meaning and numbers as ph_status in ph/types.h.
enum class Kind : int {
  Unavailable = -1,  // not offered here, or its provider is off
  Temporary = -2,    // try again later (4xx)
  Permanent = -3,    // will not work (5xx)
  Invalid = -4,      // the argument breaks a rule
  Denied = -5,       // not allowed, or wrong credentials
  Timeout = -6,      // deadline passed
  Cancelled = -7,
  Conflict = -8,  // exists already, or changed meanwhile
  Limit = -9,     // a limit of the server is reached
  Bug = -10,      // the callee is at fault
  NotFound = -11,
  Quota = -12,  // the account's own limit
};

struct Error {
  Kind kind = Kind::Bug;
  std::string text;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : v_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : v_(std::in_place_index<1>, std::move(error)) {}
  explicit operator bool() const { return v_.index() == 0; }
  bool ok() const { return v_.index() == 0; }
  T& operator*() { return std::get<0>(v_); }
  const T& operator*() const { return std::get<0>(v_); }
  T* operator->() { return &std::get<0>(v_); }
  const T* operator->() const { return &std::get<0>(v_); }
  const Error& error() const { return std::get<1>(v_); }
  T valueOr(T fallback) const { return ok() ? std::get<0>(v_) : std::move(fallback); }

 private:
  std::variant<T, Error> v_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : failed_(true), error_(std::move(error)) {}
  explicit operator bool() const { return !failed_; }
  bool ok() const { return !failed_; }
  const Error& error() const { return error_; }

 private:
  bool failed_ = false;
  Error error_;
};

using Status = Result<void>;

}  // namespace ph
