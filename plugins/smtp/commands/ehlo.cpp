// EHLO and HELO. RFC 5321 4.1.1.1: ehlo = "EHLO" SP ( Domain / address-literal ) CRLF
// Keywords: RFC 2920, RFC 1870, RFC 6152, RFC 6531, RFC 2034, RFC 9422, RFC 3207, RFC 4954.
#include "commands/table.hpp"
#include "verdict.hpp"

namespace ph_smtp {

namespace {

using ph::Next;

Next refused(Session& s) {
  const auto r = refusalOf(s.verdict());
  s.forgetGreeting();
  s.resetTransaction();
  return r.disconnect ? s.close(r.code, r.enhanced, r.text) : s.mistake(r.code, r.enhanced, r.text);
}

Next answerHelo(Session& s) {
  if (refuses(s.verdict())) return refused(s);
  return s.reply(250, "", s.hostname());
}

Next answerEhlo(Session& s) {
  if (refuses(s.verdict())) return refused(s);
  // RFC 2034 4: the reply to EHLO carries no enhanced code.
  ph::smtp::Reply reply(250, "", s.hostname());
  reply.addLine("PIPELINING");
  reply.addLine("SIZE " + std::to_string(s.settings().maxMessageSize));
  if (s.tlsOffered()) reply.addLine("STARTTLS");
  if (s.service() == Service::Submission && s.account().empty()) {
    if (const std::string mechanisms = s.mechanisms(); !mechanisms.empty()) reply.addLine("AUTH " + mechanisms);
  }
  reply.addLine("ENHANCEDSTATUSCODES");
  reply.addLine("8BITMIME");
  reply.addLine("SMTPUTF8");
  reply.addLine("LIMITS RCPTMAX=" + std::to_string(s.settings().maxRecipients));
  return s.reply(reply);
}

Next greet(Session& s, std::string_view arguments, bool extended) {
  const auto name = ph::smtp::parseClientName(arguments);
  if (!name) return s.mistake(501, "5.5.4", name.error().text);
  // Mail programs of users say all kinds of things (RFC 5321 4.1.4 forbids to refuse them for it).
  if (name->form == ph::smtp::ClientName::Form::Other && s.service() == Service::Receive) {
    return s.mistake(501, "5.5.4", "argument must be a domain or an address literal");
  }
  s.greet(name->text, extended);
  return s.prepare(extended ? &answerEhlo : &answerHelo);
}

}  // namespace

Next ehlo(Session& s, std::string_view arguments) {
  return greet(s, arguments, true);
}

Next helo(Session& s, std::string_view arguments) {
  return greet(s, arguments, false);
}

}  // namespace ph_smtp
