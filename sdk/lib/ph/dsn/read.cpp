#include "ph/dsn/read.hpp"

#include <algorithm>

#include "ph/header/block.hpp"
#include "ph/mime/decode.hpp"
#include "ph/mime/parse.hpp"
#include "ph/text/ascii.hpp"

namespace ph::dsn {

namespace {

// "rfc822; x@y" -> "x@y"
std::string withoutType(const std::string& value) {
  const auto semicolon = value.find(';');
  return std::string(
      text::trim(semicolon == std::string::npos ? value : std::string_view(value).substr(semicolon + 1)));
}

// RFC 3464 2.3.4: the code may be followed by a comment.
std::string statusOf(const std::string& value) {
  const std::string_view text = text::trim(value);
  return std::string(text.substr(0, std::min(text.find_first_of(" \t("), text.size())));
}

const mime::Part* statusPart(const mime::Tree& tree) {
  if (tree.root().type != "multipart" || tree.root().subtype != "report") return nullptr;
  const auto i = std::find_if(tree.parts.begin(), tree.parts.end(), [](const mime::Part& p) {
    return p.parent == 0 && p.type == "message" &&
           (p.subtype == "delivery-status" || p.subtype == "global-delivery-status");
  });
  return i == tree.parts.end() ? nullptr : &*i;
}

}  // namespace

Result<Received> read(std::string_view message) {
  const auto tree = mime::parse(message);
  const auto* part = statusPart(tree);
  if (!part) return Error{Kind::NotFound, "no delivery status notification"};
  const auto body = mime::decodeBody(message, *part);
  if (!body) return body.error();
  Received out;
  std::string_view rest = *body;
  // RFC 3464 2.1: groups of fields with empty lines between them; the first one is about the message.
  for (bool first = true; !rest.empty() && out.recipients.size() < kMaxRecipients;) {
    const header::Block block(rest);
    if (first) {
      out.envelopeId = block.value("Original-Envelope-Id");
      out.reportingMta = withoutType(block.value("Reporting-MTA"));
    } else if (!block.fields().empty()) {
      Told told;
      told.recipient = withoutType(block.value("Final-Recipient"));
      told.original = withoutType(block.value("Original-Recipient"));
      told.action = text::toLower(block.value("Action"));
      told.status = statusOf(block.value("Status"));
      told.diagnostic = withoutType(block.value("Diagnostic-Code"));
      if (!told.action.empty() && !(told.recipient.empty() && told.original.empty()))
        out.recipients.push_back(std::move(told));
    }
    if (!block.fields().empty()) first = false;
    if (block.bodyStart() == 0 || block.bodyStart() > rest.size()) break;
    rest.remove_prefix(block.bodyStart());
  }
  if (out.recipients.empty()) return Error{Kind::Invalid, "the notification is about nobody"};
  return out;
}

}  // namespace ph::dsn
