// Parameters of Content-Type and Content-Disposition: kept as written, decoded on demand.
// Guarantees: any bytes give a result; decoded values are valid UTF-8 without CR, LF, NUL.
// Threads: const use is free. RFC 2045 5.1, RFC 2231 3-4, RFC 2047 (in parameters, as many senders do).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ph::mime {

struct Parameter {
  std::string name;   // lower-case, with the RFC 2231 suffix ("filename*0*") when written so
  std::string value;  // unquoted, otherwise as on the wire
  bool operator==(const Parameter&) const = default;
};

class Parameters {
 public:
  const std::vector<Parameter>& raw() const { return raw_; }
  bool empty() const { return raw_.empty(); }
  // Value of a parameter, continuations joined, charset applied; name in lower case.
  std::optional<std::string> get(std::string_view name) const;
  std::vector<Parameter> decoded() const;  // each name once, without suffixes

  void add(std::string name, std::string value) { raw_.push_back({std::move(name), std::move(value)}); }
  bool operator==(const Parameters&) const = default;

 private:
  std::vector<Parameter> raw_;
};

// Reads "; name=value; ..." and adds to out; tolerant of double semicolons, missing quotes and blanks.
void parseParameters(std::string_view text, Parameters& out);

}  // namespace ph::mime
