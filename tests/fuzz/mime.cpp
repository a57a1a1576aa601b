// Any message parses into a tree whose stored form is the same tree.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "ph/imap/bodystructure.hpp"
#include "ph/mime/decode.hpp"
#include "ph/mime/parse.hpp"
#include "ph/mime/parts_blob.hpp"
#include "ph/mime/section.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ph;
  const std::string_view message(reinterpret_cast<const char*>(data), size);
  const mime::Tree tree = mime::parse(message);
  const auto back = mime::decodeParts(mime::encodeParts(tree));
  if (!back || back->parts != tree.parts) std::abort();
  (void)mime::decodeParts(message);
  for (mime::PartIndex i = 0; i < tree.parts.size(); ++i) {
    const mime::Part& part = tree.parts[i];
    if (part.headerStart > part.bodyStart || part.bodyStart > part.bodyEnd || part.bodyEnd > size) std::abort();
    if (i < 100 && i > 0 && mime::findPart(tree, mime::partNumber(tree, i)).ok() == false) std::abort();
    if (i < 100) (void)mime::decodeText(message, tree, i);
    (void)tree.filename(i);
  }
  (void)imap::bodyStructure(message, tree, true);
  return 0;
}
