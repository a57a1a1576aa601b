// COMPRESS. RFC 4978 3: compress = "COMPRESS" SP algorithm. The host does the work, between the session and TLS.
#include "commands/table.hpp"

namespace ph_imap {

Step compress(Session& s, ph::imap::Parser& parser) {
  parser.space();
  const std::string algorithm = parser.word();
  parser.end();
  if (!parser.ok()) return s.bad(parser.status().error().text);
  if (algorithm != "DEFLATE") return s.bad("DEFLATE is the only algorithm");
  if (s.isCompressed()) return s.no("DEFLATE is active already", "COMPRESSIONACTIVE");
  return s.okThenCompress("DEFLATE active");
}

}  // namespace ph_imap
