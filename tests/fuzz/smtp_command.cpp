// SMTP command lines: what a path parses to, formats to the same path; replies stay one reply.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "ph/smtp/command.hpp"
#include "ph/smtp/parameters.hpp"
#include "ph/smtp/reply.hpp"

namespace {

void checkPath(const ph::smtp::Path& path) {
  const std::string text = ph::smtp::formatPath(path);
  std::string_view rest = text;
  const auto again = path.isNull() ? ph::smtp::parseReversePath(rest) : ph::smtp::parseForwardPath(rest);
  if (!again || !rest.empty() || !(*again == path)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view in(reinterpret_cast<const char*>(data), size);
  const std::string wire = ph::smtp::Reply(550, "5.0.0", in).toWire();
  for (std::size_t start = 0; start < wire.size();) {
    const std::size_t end = wire.find("\r\n", start);
    if (end == wire.npos || end + 2 - start > 512 || wire.compare(start, 3, "550") != 0) std::abort();
    start = end + 2;
  }
  const auto xtext = ph::smtp::decodeXtext(ph::smtp::encodeXtext(in));
  if (!xtext || *xtext != in) std::abort();
  const auto line = ph::smtp::splitCommand(in);
  if (!line) return 0;
  (void)ph::smtp::parseClientName(line->arguments);
  if (const auto mail = ph::smtp::parseMail(line->arguments)) checkPath(mail->reversePath);
  if (const auto rcpt = ph::smtp::parseRcpt(line->arguments)) checkPath(rcpt->forwardPath);
  return 0;
}
