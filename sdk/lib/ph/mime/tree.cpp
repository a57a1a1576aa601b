// Values derived from a part's fields.
#include "ph/mime/tree.hpp"

#include "ph/text/ascii.hpp"

namespace ph::mime {

std::string Tree::charset(PartIndex part) const {
  auto value = parts[part].parameters.get("charset");
  return value && !value->empty() ? text::toLower(text::trim(*value)) : "us-ascii";  // RFC 2046 4.1.2
}

std::string Tree::filename(PartIndex part) const {
  auto value = parts[part].dispositionParameters.get("filename");
  if (!value || value->empty()) value = parts[part].parameters.get("name");
  if (!value) return {};
  // A path is the sender's, not the reader's (RFC 2183 2.3).
  std::string name = value->substr(value->find_last_of("/\\") + 1);
  std::erase_if(name, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; });
  return name == "." || name == ".." ? std::string() : name;
}

std::string_view encodingName(Encoding encoding) {
  switch (encoding) {
    case Encoding::SevenBit:
      return "7bit";
    case Encoding::EightBit:
      return "8bit";
    case Encoding::Binary:
      return "binary";
    case Encoding::QuotedPrintable:
      return "quoted-printable";
    case Encoding::Base64:
      return "base64";
    case Encoding::Unknown:
      break;
  }
  return {};
}

}  // namespace ph::mime
