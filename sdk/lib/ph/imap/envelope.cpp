// ENVELOPE: date, subject, from, sender, reply-to, to, cc, bcc, in-reply-to, message-id.
#include "ph/imap/envelope.hpp"

#include "ph/address/list.hpp"
#include "ph/imap/string.hpp"

namespace ph::imap {
namespace {

// (name adl mailbox host); the source route is obsolete and always NIL.
void appendAddress(std::string& out, std::string_view name, std::string_view mailbox, std::string_view host) {
  out += '(';
  appendNString(out, name);
  out += " NIL ";
  appendNString(out, mailbox);
  out += ' ';
  appendNString(out, host);
  out += ')';
}

void appendMailbox(std::string& out, const address::Mailbox& mailbox) {
  // A NIL host would start a group, a NIL mailbox end one: neither may come from a lone name.
  out += '(';
  appendNString(out, mailbox.name);
  out += " NIL ";
  appendString(out, mailbox.localpart);
  out += ' ';
  appendString(out, mailbox.domain);
  out += ')';
}

// All fields of one name are read as one list; empty when there is no address.
std::string addresses(const header::Block& header, std::string_view name) {
  std::string out;
  for (const header::Field* field : header.all(name)) {
    for (const address::Address& one : address::parseList(field->value).addresses) {
      if (!one.isGroup) {
        appendMailbox(out, one.mailbox);
        continue;
      }
      out += "(NIL NIL ";
      appendString(out, one.mailbox.name);
      out += " NIL)";
      for (const address::Mailbox& member : one.members) appendMailbox(out, member);
      appendAddress(out, {}, {}, {});
    }
  }
  return out;
}

// RFC 9051 7.5.2: NIL for an absent field, an empty string for an empty one.
void appendField(std::string& out, const header::Block& header, std::string_view name) {
  if (const header::Field* field = header.find(name)) {
    appendString(out, header::unfold(field->value));
  } else {
    out += "NIL";
  }
}

void appendList(std::string& out, const std::string& list) {
  out += list.empty() ? "NIL" : '(' + list + ')';
}

}  // namespace

void appendEnvelope(std::string& out, const header::Block& header) {
  out += '(';
  appendField(out, header, "Date");
  out += ' ';
  appendField(out, header, "Subject");
  const std::string from = addresses(header, "From");
  std::string sender = addresses(header, "Sender");
  std::string replyTo = addresses(header, "Reply-To");
  // RFC 9051 7.5.2: absent or empty Sender and Reply-To are those of From.
  if (sender.empty()) sender = from;
  if (replyTo.empty()) replyTo = from;
  for (const std::string& list :
       {from, sender, replyTo, addresses(header, "To"), addresses(header, "Cc"), addresses(header, "Bcc")}) {
    out += ' ';
    appendList(out, list);
  }
  out += ' ';
  appendField(out, header, "In-Reply-To");
  out += ' ';
  appendField(out, header, "Message-ID");
  out += ')';
}

std::string envelope(std::string_view header) {
  std::string out;
  appendEnvelope(out, header::Block(header));
  return out;
}

}  // namespace ph::imap
