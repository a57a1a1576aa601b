// Content codings: which one a client wants, and making them, whole or as a body is written.
// Threads: negotiation is pure; a Compressor belongs to one thread at a time. RFC 9110 8.4 and 12.5.3, RFC 7932, RFC
// 1952.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/parser/fields.hpp"

namespace posthouse::http {

enum class Coding { Identity, Gzip, Brotli };
std::string_view codingName(Coding c);

// The best of those that are there, by the client's weights and then by size. Nothing: it accepts none of them.
std::optional<Coding> negotiate(const Fields& request, bool gzip, bool brotli);
// Text and its like; images and archives are compressed already.
bool compressible(std::string_view contentType);

// For bodies that are sent as they are made: fast rather than small.
class Compressor {
 public:
  virtual ~Compressor() = default;
  // Appends to `*out` what is ready. flush: all that was written can be read from it.
  virtual void write(std::string_view data, bool flush, std::string* out) = 0;
  virtual void end(std::string* out) = 0;
  static std::unique_ptr<Compressor> make(Coding c);  // not of Identity
};

// Once and for all: small rather than fast.
std::string compressed(Coding c, std::string_view data);

}  // namespace posthouse::http
