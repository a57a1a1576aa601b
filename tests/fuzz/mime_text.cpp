// The words of a message, as previews and searches see them: any bytes give valid UTF-8, and what is found in a piece
// is found in the message.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "ph/header/block.hpp"
#include "ph/mime/parse.hpp"
#include "ph/mime/preview.hpp"
#include "ph/mime/search_text.hpp"
#include "ph/text/utf8.hpp"

namespace {

void demand(bool ok) {
  if (!ok) std::abort();
}

void preview(const std::string& shown) {
  demand(ph::text::isUtf8(shown) && shown.size() <= 4 * ph::mime::kPreviewLength);
  size_t characters = 0;
  for (const char c : shown) characters += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  demand(characters <= ph::mime::kPreviewLength && shown.find_first_of(std::string_view("\r\n\0", 3)) == shown.npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (ph::text::isUtf8(bytes)) {
    preview(ph::mime::previewOfText(bytes));
    preview(ph::mime::previewOfHtml(bytes));
  }
  const ph::mime::Tree tree = ph::mime::parse(bytes);
  size_t pieces = 0;
  ph::mime::eachPiece(bytes, tree, [&](const std::string& folded) {
    demand(ph::text::isUtf8(folded));
    return ++pieces < 1000;
  });
  // An empty text is found wherever there is something to look in.
  (void)ph::mime::textHas(bytes, tree, "x");
  if (ph::mime::textHas(bytes, tree, "")) demand(pieces > 0);
  (void)ph::mime::enclosedHeadersHave(bytes, tree, "x");
  return 0;
}
