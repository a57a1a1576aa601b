#include "report/attachment.hpp"

#include "ph/mime/decode.hpp"
#include "ph/mime/parse.hpp"
#include "ph/text/ascii.hpp"

namespace ph_mailauth {

namespace {

// Media types that reports come as; many senders know only the file's name.
bool isReport(const ph::mime::Tree& tree, ph::mime::PartIndex index) {
  const auto& part = tree.parts[index];
  const std::string type = part.type + "/" + part.subtype;
  for (const char* known : {"application/gzip", "application/x-gzip", "application/zip", "application/x-zip-compressed",
                            "application/x-zip", "text/xml", "application/xml"}) {
    if (type == known) return true;
  }
  const auto name = ph::text::toLower(tree.filename(index));
  return name.ends_with(".xml") || name.ends_with(".xml.gz") || name.ends_with(".zip");
}

}  // namespace

ph::Result<std::string> reportAttachment(std::string_view message) {
  const auto tree = ph::mime::parse(message);
  for (ph::mime::PartIndex i = 0; i < tree.parts.size(); ++i) {
    const auto& part = tree.parts[i];
    if (part.childCount > 0 || part.isMultipart() || !isReport(tree, i)) continue;
    if (part.bodySize() > kMaxAttachment * 3 / 2) return ph::Error{ph::Kind::Limit, "the report is too large"};
    auto body = ph::mime::decodeBody(message, part);
    if (body && body->size() > kMaxAttachment) return ph::Error{ph::Kind::Limit, "the report is too large"};
    return body;
  }
  return ph::Error{ph::Kind::NotFound, "no part of the message is a report"};
}

}  // namespace ph_mailauth
