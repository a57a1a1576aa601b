#include "http/parser/chunked.hpp"

#include <algorithm>

#include "http/parser/fields.hpp"
#include "ph/text/ascii.hpp"

namespace posthouse::http {
namespace {

constexpr size_t kMaxDigits = 12;

// RFC 9112 7.1.1. Its meaning is nobody's here, but its bytes must be those of a line.
bool isExtension(std::string_view text) {
  if (text.empty()) return true;
  const std::string_view inner = ph::text::trim(text);
  return !inner.empty() && inner.front() == ';' && isFieldValue(inner);
}

}  // namespace

bool ChunkedReader::size(std::string_view line) {
  size_t digits = 0;
  left_ = 0;
  while (digits < line.size() && ph::text::hexValue(line[digits]) >= 0) {
    if (digits == kMaxDigits) return false;
    left_ = left_ * 16 + static_cast<uint64_t>(ph::text::hexValue(line[digits++]));
  }
  return digits > 0 && isExtension(line.substr(digits));
}

// RFC 9112 7.1.2
bool ChunkedReader::trailer(std::string_view line) {
  const size_t colon = line.find(':');
  return colon != std::string_view::npos && isToken(line.substr(0, colon)) && isFieldValue(line.substr(colon + 1));
}

ChunkedReader::State ChunkedReader::read(std::string_view input, size_t limit, std::string* out, size_t* used) {
  *used = 0;
  const auto bad = [&] {
    part_ = Part::Bad;
    return State::Refused;
  };
  while (part_ != Part::End) {
    if (part_ == Part::Bad) return State::Refused;
    const std::string_view rest = input.substr(*used);
    if (part_ == Part::Data) {
      const uint64_t room = limit > out->size() ? limit - out->size() : 0;
      const auto n = static_cast<size_t>(std::min<uint64_t>({left_, rest.size(), room}));
      out->append(rest.substr(0, n));
      *used += n;
      left_ -= n;
      if (left_ > 0) return State::More;
      part_ = Part::DataEnd;
      continue;
    }
    const size_t lf = rest.find('\n');
    const size_t most = part_ == Part::Size ? kMaxSizeLine : part_ == Part::DataEnd ? 0 : kMaxTrailer - trailer_;
    if ((lf == std::string_view::npos ? rest.size() : lf) > most + 1) return bad();
    if (lf == std::string_view::npos) {
      // Whatever follows, this is not the CRLF behind the data.
      if (part_ == Part::DataEnd && !rest.empty() && rest.front() != '\r') return bad();
      return State::More;
    }
    if (lf == 0 || rest[lf - 1] != '\r') return bad();
    const std::string_view line = rest.substr(0, lf - 1);
    if (line.find('\r') != std::string_view::npos) return bad();
    *used += lf + 1;
    if (part_ == Part::Size) {
      if (!size(line)) return bad();
      part_ = left_ > 0 ? Part::Data : Part::Trailer;
    } else if (part_ == Part::DataEnd) {
      part_ = Part::Size;
    } else if (line.empty()) {
      part_ = Part::End;
    } else {
      trailer_ += lf + 1;
      if (trailer_ > kMaxTrailer || !trailer(line)) return bad();
    }
  }
  return State::Done;
}

}  // namespace posthouse::http
