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

std::vector<std::string> ancestorsOf(const ph::header::Block& block) {
  return ph::header::ancestorIds(block.value("References"), block.value("In-Reply-To"));
}

Ancestry ancestry(const ph::header::Block& block, const std::vector<std::string>& ids, bool report) {
  Ancestry result;
  result.messageId = ph::header::messageId(block.value("Message-ID"));
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
  return ancestry(block, ancestorsOf(block), isReport(ph::mime::parse(header.substr(0, block.bodyStart())).root()));
}

Description describe(std::string_view message) {
  const auto tree = ph::mime::parse(message);
  Description result;
  result.headerSize = tree.root().bodyStart;
  const auto block = ph::header::Block(message);
  const auto ancestors = ancestorsOf(block);
  result.ancestry = ancestry(block, ancestors, isReport(tree.root()));
  auto& [envelope, structure, parts, references] = result.texts;
  ph::imap::appendEnvelope(envelope, block);
  structure = ph::imap::bodyStructure(message, tree, true);
  parts = ph::mime::encodeParts(tree);
  for (const auto& id : ancestors) references.append(references.empty() ? "" : " ").append(id);
  return result;
}

}  // namespace posthouse::store
