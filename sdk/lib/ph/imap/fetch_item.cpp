// FETCH items: grammar and response names.
#include "ph/imap/fetch_item.hpp"

#include <array>
#include <utility>

#include "ph/imap/writer.hpp"
#include "ph/text/ascii.hpp"

namespace ph::imap {

namespace {

using ItemKind = FetchItem::Kind;

constexpr std::size_t kMaxPartDepth = 100;

constexpr std::array<std::pair<std::string_view, ItemKind>, 13> kPlainItems{{{"ENVELOPE", ItemKind::Envelope},
                                                                             {"FLAGS", ItemKind::Flags},
                                                                             {"INTERNALDATE", ItemKind::InternalDate},
                                                                             {"RFC822", ItemKind::Rfc822},
                                                                             {"RFC822.HEADER", ItemKind::Rfc822Header},
                                                                             {"RFC822.SIZE", ItemKind::Rfc822Size},
                                                                             {"RFC822.TEXT", ItemKind::Rfc822Text},
                                                                             {"BODYSTRUCTURE", ItemKind::BodyStructure},
                                                                             {"UID", ItemKind::Uid},
                                                                             {"MODSEQ", ItemKind::ModSeq},
                                                                             {"SAVEDATE", ItemKind::SaveDate},
                                                                             {"EMAILID", ItemKind::EmailId},
                                                                             {"THREADID", ItemKind::ThreadId}}};

// section-part = nz-number *("." nz-number); stops before a "." that no digit follows.
std::vector<std::uint32_t> parsePart(Parser& p) {
  std::vector<std::uint32_t> part;
  do {
    part.push_back(p.nzNumber());
    if (part.size() > kMaxPartDepth) p.fail("section is too deep");
  } while (p.peek() == '.' && text::isDigit(p.peek(1)) && p.accept('.'));
  return part;
}

// header-list = "(" header-fld-name *(SP header-fld-name) ")"
std::vector<std::string> parseHeaderList(Parser& p) {
  std::vector<std::string> fields;
  p.space();
  p.expect('(');
  do {
    fields.push_back(p.astring());
  } while (p.accept(' '));
  p.expect(')');
  return fields;
}

// section-msgtext / "MIME"; MIME needs a part before it.
void parseSectionText(Parser& p, Section& out) {
  using Text = Section::Text;
  if (p.acceptPrefix("HEADER.FIELDS.NOT")) {
    out.text = Text::HeaderFieldsNot;
    out.fields = parseHeaderList(p);
  } else if (p.acceptPrefix("HEADER.FIELDS")) {
    out.text = Text::HeaderFields;
    out.fields = parseHeaderList(p);
  } else if (p.acceptPrefix("HEADER")) {
    out.text = Text::Header;
  } else if (p.acceptPrefix("TEXT")) {
    out.text = Text::Text;
  } else if (!out.part.empty() && p.acceptPrefix("MIME")) {
    out.text = Text::Mime;
  } else {
    p.fail("invalid section");
  }
}

Section parseSection(Parser& p, bool binary) {
  Section out;
  p.expect('[');
  if (text::isDigit(p.peek())) out.part = parsePart(p);
  if (!binary && p.peek() != ']') {
    if (!out.part.empty()) p.expect('.');
    parseSectionText(p, out);
  }
  p.expect(']');
  return out;
}

// partial = "<" number64 "." nz-number64 ">"
std::optional<Partial> parsePartial(Parser& p) {
  if (!p.accept('<')) return std::nullopt;
  Partial out;
  out.first = p.number64();
  p.expect('.');
  out.count = p.number64();
  if (p.ok() && out.count == 0) p.fail("partial fetch of nothing");
  p.expect('>');
  return out;
}

// PREVIEW [SP "(" preview-mod *(SP preview-mod) ")"]. LAZY is the only modifier there is.
FetchItem parsePreview(Parser& p) {
  FetchItem item{ItemKind::Preview};
  if (p.peek() == ' ' && p.peek(1) == '(') {
    p.space();
    p.expect('(');
    p.expectWord("LAZY");
    p.expect(')');
    item.lazy = true;
  }
  return item;
}

FetchItem sectionItem(Parser& p, ItemKind kind, bool peek) {
  FetchItem item{kind, peek};
  item.section = parseSection(p, kind != ItemKind::BodySection);
  if (kind != ItemKind::BinarySize) item.partial = parsePartial(p);
  return item;
}

// `name` if `next` follows it, which stays unread.
bool acceptBefore(Parser& p, char next, std::string_view name) {
  return p.peek(name.size()) == next && p.acceptPrefix(name);
}

FetchItem parseItem(Parser& p) {
  for (const auto& [name, kind] : kPlainItems) {
    if (p.acceptWord(name)) return {kind};
  }
  if (p.acceptWord("PREVIEW")) return parsePreview(p);
  if (acceptBefore(p, '[', "BODY.PEEK")) return sectionItem(p, ItemKind::BodySection, true);
  if (acceptBefore(p, '[', "BODY")) return sectionItem(p, ItemKind::BodySection, false);
  if (p.acceptWord("BODY")) return {ItemKind::Body};
  if (acceptBefore(p, '[', "BINARY.PEEK")) return sectionItem(p, ItemKind::Binary, true);
  if (acceptBefore(p, '[', "BINARY.SIZE")) return sectionItem(p, ItemKind::BinarySize, true);
  if (acceptBefore(p, '[', "BINARY")) return sectionItem(p, ItemKind::Binary, false);
  p.fail("unknown fetch item");
  return {};
}

void appendMacro(std::vector<FetchItem>& out, std::initializer_list<ItemKind> kinds) {
  for (const auto kind : kinds) out.push_back({kind});
}

}  // namespace

bool FetchItem::setsSeen() const {
  switch (kind) {
    case Kind::Rfc822:
    case Kind::Rfc822Text:
      return true;
    case Kind::BodySection:
    case Kind::Binary:
      return !peek;
    default:
      return false;
  }
}

std::vector<FetchItem> parseFetchItems(Parser& p) {
  using K = ItemKind;
  std::vector<FetchItem> out;
  if (p.acceptWord("ALL")) {
    appendMacro(out, {K::Flags, K::InternalDate, K::Rfc822Size, K::Envelope});
  } else if (p.acceptWord("FAST")) {
    appendMacro(out, {K::Flags, K::InternalDate, K::Rfc822Size});
  } else if (p.acceptWord("FULL")) {
    appendMacro(out, {K::Flags, K::InternalDate, K::Rfc822Size, K::Envelope, K::Body});
  } else if (p.accept('(')) {
    do {
      out.push_back(parseItem(p));
    } while (p.accept(' '));
    p.expect(')');
  } else {
    out.push_back(parseItem(p));
  }
  return out;
}

FetchModifiers parseFetchModifiers(Parser& p) {
  FetchModifiers out;
  if (!p.accept(' ')) return out;
  p.expect('(');
  do {
    if (!out.changedSince && p.acceptWord("CHANGEDSINCE")) {
      p.space();
      out.changedSince = p.number64();
    } else if (p.acceptWord("VANISHED")) {
      out.vanished = true;
    } else if (!out.partial && p.acceptWord("PARTIAL")) {
      p.space();
      out.partial = parsePartialRange(p);
    } else {
      p.fail("unknown fetch modifier");
    }
  } while (p.accept(' '));
  p.expect(')');
  if (out.vanished && !out.changedSince) p.fail("VANISHED needs CHANGEDSINCE");
  return out;
}

namespace {

std::string sectionText(const Section& section) {
  std::string out;
  for (const auto n : section.part) {
    if (!out.empty()) out += '.';
    out += std::to_string(n);
  }
  if (section.text == Section::Text::None) return out;
  if (!out.empty()) out += '.';
  switch (section.text) {
    case Section::Text::None:
      break;
    case Section::Text::Header:
      out += "HEADER";
      break;
    case Section::Text::HeaderFields:
      out += "HEADER.FIELDS ";
      break;
    case Section::Text::HeaderFieldsNot:
      out += "HEADER.FIELDS.NOT ";
      break;
    case Section::Text::Text:
      out += "TEXT";
      break;
    case Section::Text::Mime:
      out += "MIME";
      break;
  }
  if (section.fields.empty()) return out;
  Writer writer(out);
  for (std::size_t i = 0; i < section.fields.size(); ++i) {
    writer.raw(i == 0 ? "(" : " ").astring(section.fields[i]);
  }
  writer.raw(")");
  return out;
}

}  // namespace

std::string responseName(const FetchItem& item) {
  for (const auto& [name, kind] : kPlainItems) {
    if (kind == item.kind) return std::string(name);
  }
  std::string out;
  switch (item.kind) {
    case ItemKind::Body:
      return "BODY";
    case ItemKind::Preview:
      return "PREVIEW";
    case ItemKind::BinarySize:
      out = "BINARY.SIZE";
      break;
    case ItemKind::Binary:
      out = "BINARY";
      break;
    default:
      out = "BODY";
      break;
  }
  out += '[' + sectionText(item.section) + ']';
  if (item.partial) out += '<' + std::to_string(item.partial->first) + '>';
  return out;
}

}  // namespace ph::imap
