#include "metadata.hpp"

namespace ph_imap {

void writeMetadata(Session& s, std::string_view mailbox, const std::vector<ph::Annotation>& annotations) {
  if (annotations.empty()) return;
  auto w = s.out();
  w.raw("* METADATA ").mailbox(mailbox).raw(" (");
  for (const auto& a : annotations) {
    if (&a != &annotations.front()) w.raw(" ");
    w.astring(a.entry).raw(" ");
    // RFC 5464 5: value = nstring / literal8
    if (a.value && a.value->find('\0') != std::string::npos) {
      w.literalHead(a.value->size(), true).raw(*a.value);
    } else {
      w.nstring(a.value);
    }
  }
  w.raw(")\r\n");
}

void writeChangedEntries(Session& s, std::string_view mailbox, const std::vector<std::string>& entries) {
  auto w = s.out();
  w.raw("* METADATA ").mailbox(mailbox);
  for (const std::string& entry : entries) w.raw(" ").astring(entry);
  w.raw("\r\n");
}

}  // namespace ph_imap
