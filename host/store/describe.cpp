// Cold columns of a message, see describe.hpp: translation to the mail libraries.
#include "store/describe.hpp"
#include "store/hash.hpp"

#include <set>

#include "ph/charset/convert.hpp"
#include "ph/header/base_subject.hpp"
#include "ph/header/block.hpp"
#include "ph/header/message_id.hpp"
#include "ph/imap/bodystructure.hpp"
#include "ph/imap/envelope.hpp"
#include "ph/mime/parse.hpp"
#include "ph/mime/parts_blob.hpp"
#include "ph/text/ascii.hpp"

namespace posthouse::store {

namespace {

bool isReport(const ph::mime::Part& root) {
  if (root.type != "multipart" || root.subtype != "report") return false;
  const auto kind = ph::text::toLower(root.parameters.get("report-type").value_or(""));
  return kind == "delivery-status" || kind == "disposition-notification";
}

// RFC 5256 3 (REFERENCES, step 1): In-Reply-To counts only without valid References, and only its first id.
Ancestry ancestry(const ph::header::Block& block, bool report) {
  Ancestry result;
  result.messageId = ph::header::messageId(block.value("Message-ID"));
  auto ids = ph::header::messageIds(block.value("References"));
  if (ids.empty()) {
    ids = ph::header::messageIds(block.value("In-Reply-To"));
    if (ids.size() > 1) ids.resize(1);
  }
  std::set<std::string> seen{result.messageId};
  for (auto id = ids.rbegin(); id != ids.rend() && result.references.size() < kMaxReferences; ++id)
    if (seen.insert(*id).second) result.references.push_back(*id);
  const auto subject = ph::header::baseSubject(block.value("Subject"));
  if (!subject.text.empty()) result.subject = hash64(ph::charset::foldCase(subject.text));
  result.isReply = subject.isReplyOrForward;
  result.isReport = report;
  return result;
}

}  // namespace

Ancestry ancestryOf(std::string_view header) {
  const auto block = ph::header::Block(header);
  return ancestry(block, isReport(ph::mime::parse(header.substr(0, block.bodyStart())).root()));
}

Description describe(std::string_view message) {
  const auto tree = ph::mime::parse(message);
  Description result;
  result.headerSize = tree.root().bodyStart;
  const auto block = ph::header::Block(message);
  ph::imap::appendEnvelope(result.envelope, block);
  result.ancestry = ancestry(block, isReport(tree.root()));
  result.structure = ph::imap::bodyStructure(message, tree, true);
  result.parts = ph::mime::encodeParts(tree);
  return result;
}

}  // namespace posthouse::store
