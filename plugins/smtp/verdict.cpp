#include "verdict.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace ph_smtp {

namespace {

template <size_t N>
std::string_view text(const char (&field)[N]) {
  return {field, strnlen(field, N)};
}

template <size_t N>
void copy(char (&field)[N], const char* from) {
  const size_t n = std::min(std::strlen(from), N - 1);
  std::memcpy(field, from, n);
  field[n] = '\0';
}

// status-code = class "." subject "." detail, RFC 3463 2
bool isEnhanced(std::string_view s, int codeClass) {
  if (s.empty() || s.front() != static_cast<char>('0' + codeClass)) return false;
  int dots = 0;
  char before = '.';
  for (const char c : s) {
    if (c == '.') {
      if (before == '.') return false;
      ++dots;
    } else if (c < '0' || c > '9') {
      return false;
    }
    before = c;
  }
  return dots == 2 && before != '.';
}

}  // namespace

bool refuses(const ph_verdict& v) {
  return v.verdict >= PH_VERDICT_TEMPFAIL;
}

Refusal refusalOf(const ph_verdict& v) {
  Refusal out;
  out.disconnect = v.verdict == PH_VERDICT_DISCONNECT;
  const bool temporary = v.verdict == PH_VERDICT_TEMPFAIL;
  const bool anyClass = out.disconnect;
  const bool usable = (v.code >= 400 && v.code < 500 && (temporary || anyClass)) ||
                      (v.code >= 500 && v.code < 560 && (!temporary || anyClass));
  out.code = usable ? v.code : temporary ? 451 : out.disconnect ? 421 : 550;
  const int codeClass = out.code / 100;
  const auto enhanced = text(v.enhanced);
  out.enhanced = isEnhanced(enhanced, codeClass) ? std::string(enhanced)
                 : temporary                     ? "4.3.0"
                 : codeClass == 4                ? "4.7.0"
                                                 : "5.7.1";
  out.text = text(v.text);
  if (out.text.empty()) {
    out.text = temporary ? "temporary failure, try again later" : out.disconnect ? "closing connection" : "refused";
  }
  return out;
}

void setVerdict(ph_verdict& v, int32_t kind, int32_t code, const char* enhanced, const char* text) {
  v = {};
  v.size = sizeof v;
  v.verdict = kind;
  v.code = code;
  copy(v.enhanced, enhanced);
  copy(v.text, text);
}

}  // namespace ph_smtp
