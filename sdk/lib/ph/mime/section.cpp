// Part numbers of IMAP: a message is not a level of its own, its body is.
#include "ph/mime/section.hpp"

#include <vector>

#include "ph/text/ascii.hpp"

namespace ph::mime {
namespace {

// The n-th (from 1) body of a message or multipart, or kNoPart.
PartIndex child(const Tree& tree, PartIndex index, uint32_t n) {
  const Part& part = tree.parts[index];
  if (n > part.childCount) return kNoPart;
  PartIndex found = part.firstChild;
  for (; n > 1 && found != kNoPart; --n) found = tree.parts[found].nextSibling;
  return found;
}

bool isMessageRoot(const Tree& tree, PartIndex index) {
  const PartIndex parent = tree.parts[index].parent;
  return parent == kNoPart || tree.parts[parent].type == "message";
}

Result<uint32_t> readNumber(std::string_view text) {
  if (text.empty() || text.size() > 9 || text.front() == '0') return Error{Kind::Invalid, "bad part number"};
  uint32_t n = 0;
  for (const char c : text) {
    if (!text::isDigit(c)) return Error{Kind::Invalid, "bad part number"};
    n = n * 10 + static_cast<uint32_t>(c - '0');
  }
  return n;
}

}  // namespace

Result<PartIndex> findPart(const Tree& tree, std::string_view numbers) {
  PartIndex at = 0;
  bool entered = false;  // at is the body of a non-multipart message, already named by its "1"
  for (;;) {
    const size_t dot = numbers.find('.');
    const auto n = readNumber(numbers.substr(0, dot));
    if (!n) return n.error();
    // A number after a part of type message counts within the message inside.
    if (entered || !isMessageRoot(tree, at)) {
      if (tree.parts[at].isMessage()) {
        at = tree.parts[at].firstChild;
        entered = false;
      }
    }
    if (tree.parts[at].isMultipart()) {
      at = child(tree, at, *n);
      if (at == kNoPart) return Error{Kind::NotFound, "no such part"};
      entered = false;
    } else if (!entered && isMessageRoot(tree, at) && *n == 1) {
      entered = true;
    } else {
      return Error{Kind::NotFound, "no such part"};
    }
    if (dot == std::string_view::npos) return at;
    numbers.remove_prefix(dot + 1);
  }
}

Result<Range> findSection(const Tree& tree, std::string_view section) {
  // The trailing word, when there is one.
  std::string_view numbers = section;
  std::string_view word;
  if (!section.empty() && !text::isDigit(section.back())) {
    const size_t dot = section.rfind('.');
    word = dot == std::string_view::npos ? section : section.substr(dot + 1);
    numbers = dot == std::string_view::npos ? std::string_view() : section.substr(0, dot);
    if (dot != std::string_view::npos && numbers.empty()) return Error{Kind::Invalid, "bad section"};
  }
  const bool header = text::equalsNoCase(word, "HEADER");
  const bool text = text::equalsNoCase(word, "TEXT");
  const bool mime = text::equalsNoCase(word, "MIME");
  if (!word.empty() && !header && !text && !mime) return Error{Kind::Invalid, "bad section"};

  PartIndex index = 0;
  if (!numbers.empty()) {
    const auto found = findPart(tree, numbers);
    if (!found) return found.error();
    index = *found;
  }
  const Part* part = &tree.parts[index];
  if (header || text) {
    if (!numbers.empty()) {
      if (!part->isMessage()) return Error{Kind::NotFound, "no message there"};
      part = &tree.parts[part->firstChild];
    }
    return header ? Range{part->headerStart, part->bodyStart - part->headerStart, index}
                  : Range{part->bodyStart, part->bodySize(), index};
  }
  if (mime) {
    if (numbers.empty()) return Error{Kind::Invalid, "MIME needs a part number"};
    return Range{part->headerStart, part->bodyStart - part->headerStart, index};
  }
  if (numbers.empty()) return Range{0, part->bodyEnd, 0};
  return Range{part->bodyStart, part->bodySize(), index};
}

std::string partNumber(const Tree& tree, PartIndex part) {
  std::vector<uint32_t> numbers;
  PartIndex at = part;
  while (at != kNoPart) {
    const PartIndex parent = tree.parts[at].parent;
    if (isMessageRoot(tree, at)) {
      if (!tree.parts[at].isMultipart()) numbers.push_back(1);
      at = parent;
      continue;
    }
    uint32_t n = 1;
    for (PartIndex s = tree.parts[parent].firstChild; s != at && s != kNoPart; s = tree.parts[s].nextSibling) ++n;
    numbers.push_back(n);
    at = parent;
  }
  std::string out;
  for (size_t i = numbers.size(); i-- > 0;) {
    if (!out.empty()) out += '.';
    out += std::to_string(numbers[i]);
  }
  return out;
}

}  // namespace ph::mime
