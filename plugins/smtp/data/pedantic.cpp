#include "data/pedantic.hpp"

#include "ph/mime/parse.hpp"
#include "ph/text/ascii.hpp"
#include "verdict.hpp"

namespace ph_smtp {

void checkPedantically(Session& s) {
  const Envelope& e = *s.envelope();
  const Incoming& in = *e.incoming;
  const auto no = [&](int code, const char* enhanced, const char* text) {
    setVerdict(s.verdict(), PH_VERDICT_REJECT, code, enhanced, text);
  };
  if (in.header().nonAscii() && !e.has(PH_MAIL_SMTPUTF8)) {
    return no(550, "5.6.7", "the header of the message is not ASCII, but was announced without SMTPUTF8");
  }
  if (s.service() == Service::Submission && in.header().field("return-path").count > 0) {
    return no(550, "5.6.0", "a submitted message has no Return-Path field");
  }
  std::string buffer;
  const auto bytes = in.message().contents(buffer, s.settings().maxMessageSize);
  if (!bytes) return;
  if (!ph::text::isAscii(*bytes) && !e.has(PH_MAIL_8BITMIME) && !e.has(PH_MAIL_BINARYMIME)) {
    return no(500, "5.6.3", "the message has 8-bit octets, but was announced without BODY=8BITMIME");
  }
  const auto tree = ph::mime::parse(*bytes);
  if (tree.problems.empty()) return setVerdict(s.verdict(), PH_VERDICT_CONTINUE);
  const auto& problem = tree.problems.front();
  const std::string text = "octet " + std::to_string(problem.offset) + ": " + problem.text;
  no(550, "5.6.0", text.c_str());
}

}  // namespace ph_smtp
