#include "ph/dsn/report.hpp"

#include <algorithm>

#include "ph/header/block.hpp"
#include "ph/header/writer.hpp"
#include "ph/text/ascii.hpp"

namespace ph::dsn {

namespace {

constexpr size_t kMaxHeader = 32 * 1024;  // of the original: enough to recognise it

const char* word(Action a) {
  switch (a) {
    case Action::Failed:
      return "failed";
    case Action::Delayed:
      return "delayed";
    case Action::Delivered:
      return "delivered";
    case Action::Relayed:
      return "relayed";
    case Action::Expanded:
      return "expanded";
  }
  return "failed";
}

std::string oneLine(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) c = ' ';
  }
  return out;
}

// The original's fields, whole ones only, with line ends as mail has them.
std::string quotedHeader(std::string_view message) {
  const header::Block block(message);
  std::string out;
  for (const auto& field : block.fields()) {
    if (out.size() + field.size > kMaxHeader) break;
    const std::string_view text = message.substr(field.offset, field.size);
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\0' || text[i] == '\r') continue;
      if (text[i] == '\n') out += '\r';
      out += text[i];
    }
    if (!out.ends_with("\r\n")) out += "\r\n";
  }
  return out;
}

// A whole message as mail has it.
std::string withLineEnds(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  for (const char c : text) {
    if (c == '\0' || c == '\r') continue;
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

bool any(const Report& r, Action action) {
  return std::any_of(r.recipients.begin(), r.recipients.end(), [&](const auto& x) { return x.action == action; });
}

const char* subject(const Report& r) {
  if (any(r, Action::Failed)) return "Your message was not delivered to everybody";
  if (any(r, Action::Delayed)) return "Your message is delayed";
  return "About your message";
}

// What happened, for people.
const char* words(Action a) {
  switch (a) {
    case Action::Failed:
      return "could not be delivered";
    case Action::Delayed:
      return "not delivered yet, we go on trying";
    case Action::Delivered:
      return "delivered";
    case Action::Relayed:
      return "handed on to a server that sends no notifications";
    case Action::Expanded:
      return "handed on to several recipients";
  }
  return "";
}

// RFC 3464 2.3.5: what the remote server said, or our own words, which are of no registered type.
std::string diagnosticOf(const Recipient& x) {
  return (x.ownWords ? "x-posthouse; " : "smtp; ") + oneLine(x.diagnostic);
}

std::string forPeople(const Report& r) {
  std::string out = "This is the mail server " + oneLine(r.hostname) + ".\r\n\r\n";
  out += any(r, Action::Failed) ? "Your message could not be delivered to:\r\n\r\n" : "About your message to:\r\n\r\n";
  for (const auto& x : r.recipients) {
    out += "  <" + oneLine(x.address) + ">\r\n    " + words(x.action) + "\r\n";
    if (!x.diagnostic.empty()) {
      out += x.remoteMta.empty() ? "    " : "    " + oneLine(x.remoteMta) + " said: ";
      out += oneLine(x.diagnostic) + "\r\n";
    }
    if (x.retryUntil != 0) out += "    We try until " + date::format({x.retryUntil, r.now.zoneMinutes}) + ".\r\n";
  }
  return out + (r.whole.empty() ? "\r\nThe header of your message follows.\r\n" : "\r\nYour message follows.\r\n");
}

// RFC 3464 2.2, 2.3
Result<std::string> forMachines(const Report& r, bool utf8) {
  std::string out;
  header::HeaderWriter message(utf8);
  Status s = message.add("Reporting-MTA", "dns; " + r.hostname);
  if (s && !r.envelopeId.empty()) s = message.add("Original-Envelope-Id", oneLine(r.envelopeId));
  if (s) s = message.add("Arrival-Date", date::format(r.arrival));
  if (s && r.deliverBy != 0) s = message.add("Deliver-By-Date", date::format({r.deliverBy, r.now.zoneMinutes}));
  out = message.take();
  for (const auto& x : r.recipients) {
    header::HeaderWriter w(utf8);
    if (s && !x.original.empty()) s = w.add("Original-Recipient", oneLine(x.original));
    // RFC 6533 4.1: an address that needs it has the type utf-8.
    if (s) s = w.add("Final-Recipient", (text::isAscii(x.address) ? "rfc822; " : "utf-8; ") + oneLine(x.address));
    if (s) s = w.add("Action", word(x.action));
    if (s) s = w.add("Status", oneLine(x.status));
    if (s && !x.remoteMta.empty()) s = w.add("Remote-MTA", "dns; " + oneLine(x.remoteMta));
    if (s && !x.diagnostic.empty()) s = w.add("Diagnostic-Code", diagnosticOf(x));
    if (s && x.lastAttempt != 0) s = w.add("Last-Attempt-Date", date::format({x.lastAttempt, r.now.zoneMinutes}));
    if (s && x.retryUntil != 0) s = w.add("Will-Retry-Until", date::format({x.retryUntil, r.now.zoneMinutes}));
    out += "\r\n" + w.take();
  }
  if (!s) return s.error();
  return out;
}

std::string part(const std::string& boundary, const std::string& type, const std::string& body) {
  std::string out = "--" + boundary + "\r\nContent-Type: " + type + "\r\n";
  if (!text::isAscii(body)) out += "Content-Transfer-Encoding: 8bit\r\n";
  return out + "\r\n" + body + "\r\n";
}

}  // namespace

Result<Notification> compose(const Report& r) {
  if (r.recipients.empty()) return Error{Kind::Invalid, "a notification about nobody"};
  const bool utf8 =
      !text::isAscii(r.sender) || std::any_of(r.recipients.begin(), r.recipients.end(), [](const auto& x) {
        return !text::isAscii(x.address) || !text::isAscii(x.diagnostic) || !text::isAscii(x.original);
      });
  const auto status = forMachines(r, utf8);
  if (!status) return status.error();
  header::HeaderWriter w(utf8);
  const std::string global = utf8 ? "global-" : "";
  Status s = w.add("From", "\"Mail Delivery System\" <postmaster@" + r.hostname + ">");
  if (s) s = w.add("To", "<" + r.sender + ">");
  if (s) s = w.add("Subject", subject(r));
  if (s) s = w.add("Date", date::format(r.now));
  if (s) s = w.add("Message-ID", r.messageId);
  if (s) s = w.add("Auto-Submitted", "auto-replied");
  if (s) s = w.add("MIME-Version", "1.0");
  // RFC 6522 3
  if (s) {
    s = w.add("Content-Type",
              "multipart/report; report-type=" + global + "delivery-status; boundary=\"" + r.boundary + "\"");
  }
  if (!s) return s.error();

  std::string body = part(r.boundary, "text/plain; charset=utf-8", forPeople(r));
  body += part(r.boundary, "message/" + global + "delivery-status", *status);
  if (r.whole.empty()) {
    const std::string original = quotedHeader(r.header);
    body += part(r.boundary, text::isAscii(original) ? "text/rfc822-headers" : "message/global-headers", original);
  } else {
    // RFC 6533 6: with a header in UTF-8 it is message/global.
    const bool utf8Header = !text::isAscii(quotedHeader(r.whole));
    body += part(r.boundary, utf8Header ? "message/global" : "message/rfc822", withLineEnds(r.whole));
  }
  body += "--" + r.boundary + "--\r\n";

  Notification out;
  out.eightBit = !text::isAscii(body);
  out.smtpUtf8 = utf8;
  out.message = w.take();
  if (out.eightBit) out.message += "Content-Transfer-Encoding: 8bit\r\n";
  out.message += "\r\n" + body;
  return out;
}

}  // namespace ph::dsn
