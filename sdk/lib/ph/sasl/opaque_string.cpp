// OpaqueString (RFC 8265 4.2.2) with the code point classes of RFC 8264 8 and the context rules of RFC 5892 A.
#include "ph/sasl/opaque_string.hpp"

#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <vector>

#include "ph/text/nfc.hpp"
#include "ph/text/utf8.hpp"

namespace ph::sasl {

namespace {

using Text = std::vector<UChar32>;
enum class Class { Valid, Disallowed, Context };

struct Span {
  UChar32 first, last;
  Class kind;
};

// RFC 5892 2.6: what the general rules would get wrong.
constexpr Span kExceptions[] = {
    {0x00B7, 0x00B7, Class::Context},    {0x00DF, 0x00DF, Class::Valid},      {0x0375, 0x0375, Class::Context},
    {0x03C2, 0x03C2, Class::Valid},      {0x05F3, 0x05F4, Class::Context},    {0x0640, 0x0640, Class::Disallowed},
    {0x0660, 0x0669, Class::Context},    {0x06F0, 0x06F9, Class::Context},    {0x06FD, 0x06FE, Class::Valid},
    {0x07FA, 0x07FA, Class::Disallowed}, {0x0F0B, 0x0F0B, Class::Valid},      {0x3007, 0x3007, Class::Valid},
    {0x302E, 0x302F, Class::Disallowed}, {0x3031, 0x3035, Class::Disallowed}, {0x303B, 0x303B, Class::Disallowed},
    {0x30FB, 0x30FB, Class::Context}};

Class classOf(UChar32 c) {
  for (const Span& span : kExceptions) {
    if (c >= span.first && c <= span.last) return span.kind;
  }
  const auto type = u_charType(c);
  if (type == U_UNASSIGNED || type == U_SURROGATE) return Class::Disallowed;
  if (c >= 0x21 && c <= 0x7e) return Class::Valid;
  if (u_hasBinaryProperty(c, UCHAR_JOIN_CONTROL)) return Class::Context;
  const auto hangul = u_getIntPropertyValue(c, UCHAR_HANGUL_SYLLABLE_TYPE);
  if (hangul == U_HST_LEADING_JAMO || hangul == U_HST_VOWEL_JAMO || hangul == U_HST_TRAILING_JAMO)
    return Class::Disallowed;
  if (u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) return Class::Disallowed;
  switch (type) {
    case U_CONTROL_CHAR:
    case U_FORMAT_CHAR:
    case U_PRIVATE_USE_CHAR:
    case U_LINE_SEPARATOR:
    case U_PARAGRAPH_SEPARATOR:
      return Class::Disallowed;
    default:
      return Class::Valid;  // letters, marks, numbers, spaces, symbols, punctuation, compatibility forms
  }
}

UScriptCode scriptOf(UChar32 c) {
  UErrorCode error = U_ZERO_ERROR;
  return uscript_getScript(c, &error);
}

bool follows(const Text& text, std::size_t i, UChar32 c) {
  return i > 0 && text[i - 1] == c;
}

bool followsVirama(const Text& text, std::size_t i) {
  return i > 0 && u_getCombiningClass(text[i - 1]) == 9;
}

// RFC 5892 A.1: between two letters that join across it.
bool joins(const Text& text, std::size_t i) {
  const auto joining = [&](std::size_t k) { return u_getIntPropertyValue(text[k], UCHAR_JOINING_TYPE); };
  std::size_t before = i;
  while (before > 0 && joining(before - 1) == U_JT_TRANSPARENT) --before;
  std::size_t after = i + 1;
  while (after < text.size() && joining(after) == U_JT_TRANSPARENT) ++after;
  if (before == 0 || after == text.size()) return false;
  const auto left = joining(before - 1);
  const auto right = joining(after);
  return (left == U_JT_LEFT_JOINING || left == U_JT_DUAL_JOINING) &&
         (right == U_JT_RIGHT_JOINING || right == U_JT_DUAL_JOINING);
}

bool anyBetween(const Text& text, UChar32 first, UChar32 last) {
  for (const UChar32 c : text) {
    if (c >= first && c <= last) return true;
  }
  return false;
}

// RFC 5892 A.1 to A.9.
bool contextAllows(const Text& text, std::size_t i) {
  const UChar32 c = text[i];
  switch (c) {
    case 0x200C:
      return followsVirama(text, i) || joins(text, i);
    case 0x200D:
      return followsVirama(text, i);
    case 0x00B7:
      return follows(text, i, 'l') && i + 1 < text.size() && text[i + 1] == 'l';
    case 0x0375:
      return i + 1 < text.size() && scriptOf(text[i + 1]) == USCRIPT_GREEK;
    case 0x05F3:
    case 0x05F4:
      return i > 0 && scriptOf(text[i - 1]) == USCRIPT_HEBREW;
    case 0x30FB:
      for (const UChar32 other : text) {
        const auto script = scriptOf(other);
        if (script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA || script == USCRIPT_HAN) return true;
      }
      return false;
    default:
      // Arabic-Indic digits of one kind only.
      return c <= 0x0669 ? !anyBetween(text, 0x06F0, 0x06F9) : !anyBetween(text, 0x0660, 0x0669);
  }
}

}  // namespace

Result<std::string> prepareOpaqueString(std::string_view password) {
  if (password.empty()) return Error{Kind::Invalid, "the password is empty"};
  if (!text::isUtf8(password)) return Error{Kind::Invalid, "the password is not UTF-8"};
  const auto in = icu::UnicodeString::fromUTF8({password.data(), static_cast<int32_t>(password.size())});
  Text points;
  for (int32_t i = 0; i < in.length(); i = in.moveIndex32(i, 1)) points.push_back(in.char32At(i));
  icu::UnicodeString mapped;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const Class kind = points[i] == ' ' ? Class::Valid : classOf(points[i]);
    if (kind == Class::Disallowed || (kind == Class::Context && !contextAllows(points, i))) {
      return Error{Kind::Invalid, "the password has a character that is not allowed"};
    }
    mapped.append(u_charType(points[i]) == U_SPACE_SEPARATOR ? UChar32{' '} : points[i]);
  }
  std::string out;
  return text::nfc(mapped.toUTF8String(out));
}

}  // namespace ph::sasl
