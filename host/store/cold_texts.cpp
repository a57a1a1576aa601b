// Form 1: the octet 1, four lengths, then an LZ4 block with dictionary 1. Form 0: the same without compression, for
// what does not get smaller. Lengths are in groups of 7 bits, the lowest first.
#include "store/cold_texts.hpp"

#include <lz4.h>

#include <cstdint>
#include <vector>

namespace posthouse::store {
namespace {

constexpr char kPlain = 0, kCompressed = 1;
constexpr std::size_t kMost = 64 * 1024 * 1024;

// Never changed: rows depend on it. Another one gets another number.
constexpr std::string_view kDictionary =
    R"~("DELIVERY-STATUS" "FEEDBACK-REPORT" "DISPOSITION-NOTIFICATION" "REPORT-TYPE" "report" "REPORT" "PROTOCOL" )~"
    R"~("application/pgp-signature" "MICALG" "pgp-sha256" "SIGNED" ("APPLICATION" "PGP-SIGNATURE" ("MESSAGE" "RFC822" )~"
    R"~(NIL NIL NIL "7BIT" ("TEXT" "CALENDAR" ("CHARSET" "UTF-8" "METHOD" "REQUEST") NIL NIL "BASE64" ("APPLICATION" )~"
    R"~("VND.OPENXMLFORMATS-OFFICEDOCUMENT.WORDPROCESSINGML.DOCUMENT" ("NAME" ".docx") ("APPLICATION" "OCTET-STREAM" )~"
    R"~(("NAME" "invoice.pdf") ("APPLICATION" "PDF" ("NAME" "image001.png" "image.jpg" ("IMAGE" "GIF" ("IMAGE" "JPEG" )~"
    R"~(("IMAGE" "PNG" ("NAME" "logo.png") "<image001.png@" NIL "BASE64"  NIL ("INLINE" ("FILENAME" NIL ("ATTACHMENT" )~"
    R"~(("FILENAME" NIL NIL) "RELATED" ("BOUNDARY" "----=_NextPart_000_" "MIXED" ("BOUNDARY" "----=_Part_" "--_000_" )~"
    R"~("=_" "b1_") NIL NIL NIL) "ALTERNATIVE" ("BOUNDARY" "0000000000000=?utf-8?Q? =?UTF-8?B? =?iso-8859-1?Q? ?=" )~"
    R"~("[" "Fwd: Your order invoice newsletter password account "noreply" "no-reply" "info" "support" "mail" "bounce" )~"
    R"~("list" "owner-" "gmail.com" "outlook.com" "googlegroups.com" "Mon, Tue, Wed, Thu, Fri, Sat, Sun, Jan Feb Mar )~"
    R"~(Apr May Jun Jul Aug Sep Oct Nov Dec 2023 2024 2025 2026 00:00 +0000 (UTC)" +0100" +0200" -0400" -0500" -0700" )~"
    R"~(-0800" "Re: text/htmlalternativemixedimage/pngapplication/pdfname("TEXT" "PLAIN" ("CHARSET" "us-ascii") NIL NIL )~"
    R"~("QUOTED-PRINTABLE" ("TEXT" "HTML" ("CHARSET" "UTF-8") NIL NIL "8BIT" ("TEXT" "HTML" ("CHARSET" "utf-8") NIL )~"
    R"~(NIL "7BIT" NIL NIL NIL NIL) "com")) NIL NIL "<" NIL "example.com"))((NIL NIL " ((" NIL ")) ((NIL NIL ")) NIL )~"
    R"~(NIL NIL "< NIL NIL NIL NIL)("TEXT" "PLAIN" ("CHARSET" "utf-8" "FORMAT" "flowed") NIL NIL "7BIT" text/plain)~"
    "\x02\x07"
    "charset\x05utf-8\x06"
    "format\x06"
    "flowed";

void putLength(std::string& out, std::size_t n) {
  for (; n >= 0x80; n >>= 7) out += static_cast<char>(n | 0x80);
  out += static_cast<char>(n);
}

std::optional<std::size_t> takeLength(std::string_view& in) {
  std::size_t n = 0;
  for (int shift = 0; shift < 35 && !in.empty(); shift += 7) {
    const auto octet = static_cast<unsigned char>(in.front());
    in.remove_prefix(1);
    n |= static_cast<std::size_t>(octet & 0x7F) << shift;
    if (octet < 0x80) return n;
  }
  return {};
}

// With the dictionary loaded, which takes longer than most rows: copied for each.
const LZ4_stream_t& prepared() {
  static const LZ4_stream_t stream = [] {
    LZ4_stream_t s;
    LZ4_initStream(&s, sizeof s);
    LZ4_loadDict(&s, kDictionary.data(), static_cast<int>(kDictionary.size()));
    return s;
  }();
  return stream;
}

}  // namespace

std::string packTexts(const ColdTexts& texts) {
  const auto& [envelope, structure, parts, references] = texts;
  std::string whole;
  whole.reserve(envelope.size() + structure.size() + parts.size() + references.size());
  whole.append(envelope).append(structure).append(parts).append(references);
  std::string lengths;
  for (const auto* text : {&envelope, &structure, &parts, &references}) putLength(lengths, text->size());
  std::string out(1, kPlain);
  out += lengths;
  if (whole.size() < 16 || whole.size() > kMost) return out += whole;
  const auto head = out.size();
  out.resize(head + whole.size());
  LZ4_stream_t stream = prepared();
  const int n = LZ4_compress_fast_continue(&stream, whole.data(), out.data() + head, static_cast<int>(whole.size()),
                                           static_cast<int>(whole.size()), 1);
  if (n <= 0) {
    out.replace(head, std::string::npos, whole);
    return out;
  }
  out.front() = kCompressed;
  out.resize(head + static_cast<std::size_t>(n));
  return out;
}

std::optional<ColdTexts> unpackTexts(std::string_view packed) {
  if (packed.empty()) return {};
  const char form = packed.front();
  packed.remove_prefix(1);
  const auto envelope = takeLength(packed), structure = takeLength(packed), parts = takeLength(packed),
             references = takeLength(packed);
  if (!envelope || !structure || !parts || !references) return {};
  const auto size = *envelope + *structure + *parts + *references;
  ColdTexts texts;
  const auto split = [&](const char* from) {
    texts.envelope.assign(from, *envelope);
    texts.structure.assign(from + *envelope, *structure);
    texts.parts.assign(from + *envelope + *structure, *parts);
    texts.references.assign(from + *envelope + *structure + *parts, *references);
    return texts;
  };
  if (form == kPlain) return size == packed.size() ? std::optional(split(packed.data())) : std::nullopt;
  if (form != kCompressed || size > kMost || packed.size() > kMost || size > packed.size() * 256) return {};
  thread_local std::vector<char> whole;
  if (whole.size() < size) whole.resize(size);
  const int n =
      LZ4_decompress_safe_usingDict(packed.data(), whole.data(), static_cast<int>(packed.size()),
                                    static_cast<int>(size), kDictionary.data(), static_cast<int>(kDictionary.size()));
  if (n < 0 || static_cast<std::size_t>(n) != size) return {};
  auto result = std::optional(split(whole.data()));
  if (whole.size() > 64 * 1024) std::vector<char>().swap(whole);
  return result;
}

}  // namespace posthouse::store
