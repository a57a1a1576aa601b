// Field slices and junk lines cover a header block; what the writer lets through reads back as one field.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "ph/charset/convert.hpp"
#include "ph/charset/words.hpp"
#include "ph/header/base_subject.hpp"
#include "ph/header/block.hpp"
#include "ph/header/message_id.hpp"
#include "ph/header/writer.hpp"
#include "ph/text/ascii.hpp"

namespace {
using namespace ph;

void require(bool holds) {
  if (!holds) std::abort();
}

bool isClean(std::string_view s) {
  return s.find_first_of(std::string_view("\r\n\0", 3)) == s.npos;
}

void checkBlock(std::string_view text) {
  const header::Block block(text);
  require(block.fieldsEnd() <= block.bodyStart() && block.bodyStart() <= text.size());
  require(block.fieldsEnd() <= header::kMaxBlock);
  size_t at = 0;
  for (const header::Field& field : block.fields()) {
    require(field.offset >= at && field.size > field.name.size() &&
            header::isFieldName(field.name) == (field.name.size() <= 100 && text::isAscii(field.name)));
    require(field.offset == at || block.junkLines() > 0);
    require(text.substr(field.offset, field.name.size()) == field.name);
    at = field.offset + field.size;
    require(at <= block.fieldsEnd());
    require(field.value.empty() || field.value.data() + field.value.size() <= text.data() + at);
    require(isClean(header::unfold(field.value)));
  }
  require(at == block.fieldsEnd() || block.junkLines() > 0);
  // A selection and its complement hold every field between them.
  if (block.fields().empty()) return;
  const std::vector<std::string_view> names = {block.fields().front().name};
  const std::string with = header::subset(text, names, false);
  const std::string without = header::subset(text, names, true);
  const header::Block a(with), b(without);
  require(a.junkLines() == 0 && b.junkLines() == 0);
  require(a.fields().size() + b.fields().size() == block.fields().size());
  require(a.count(names[0]) == block.count(names[0]) && b.count(names[0]) == 0);
}

void checkWriter(std::string_view text) {
  header::HeaderWriter writer;
  const size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  const std::string_view value = colon == text.npos ? std::string_view() : text.substr(colon + 1);
  const bool added = writer.add(name, value).ok();
  const bool addedText = writer.addText("Subject", value).ok();
  require(addedText == isClean(value));
  const header::Block block(writer.text());
  require(block.fields().size() == size_t{added} + size_t{addedText} && block.junkLines() == 0);
  if (added) require(header::unfold(block.fields()[0].value) == text::trim(value));
  if (addedText && charset::isValidUtf8(value)) {
    require(text::trim(charset::decodeWords(header::unfold(block.fields().back().value))) == text::trim(value));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  checkBlock(text);
  if (size < 10'000) checkWriter(text);
  const auto subject = header::baseSubject(text);
  require(charset::isValidUtf8(subject.text) && isClean(subject.text));
  for (const std::string& id : header::messageIds(text)) {
    require(!id.empty() && isClean(id) && id.find_first_of("<> \t") == id.npos);
  }
  return 0;
}
