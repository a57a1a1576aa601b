// Content-Transfer-Encoding: decoding in chunks or at once, and encoding for generated mail.
// Guarantees: lenient (bad base64 characters are skipped, bad quoted-printable kept as written) and linear; output
// does not depend on how the input is cut. Threads: one user at a time. RFC 2045 6.7, 6.8, RFC 4648 4.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ph/mime/tree.hpp"
#include "ph/result.hpp"

namespace ph::mime {

class Decoder {
 public:
  // Unknown copies the bytes.
  explicit Decoder(Encoding encoding) : encoding_(encoding) {}

  void feed(std::string_view chunk, std::string& out);  // appends
  void finish(std::string& out);
  bool malformed() const { return malformed_; }  // something was not as the encoding demands

 private:
  void feedBase64(std::string_view chunk, std::string& out);
  void feedQuotedPrintable(std::string_view chunk, std::string& out);
  void quotedPrintableLine(std::string_view line, bool terminated, std::string& out);

  Encoding encoding_;
  uint32_t bits_ = 0;
  int bitCount_ = 0;
  bool ended_ = false;
  bool malformed_ = false;
  std::string pending_;
};

std::string decode(std::string_view body, Encoding encoding);

// Decoded body of a part; Invalid when its transfer encoding is not one we know (IMAP: UNKNOWN-CTE).
Result<std::string> decodeBody(std::string_view message, const Part& part);
Result<size_t> decodedSize(std::string_view message, const Part& part);

// Decoded body as UTF-8 text, charset applied, CRLF to LF not changed.
Result<std::string> decodeText(std::string_view message, const Tree& tree, PartIndex part);

std::string encodeBase64(std::string_view bytes, bool lines);  // lines: CRLF after each 76 characters
std::string encodeQuotedPrintable(std::string_view text);      // line breaks of the input become CRLF

}  // namespace ph::mime
