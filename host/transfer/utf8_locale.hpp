// libarchive converts names by the locale: while one of these lives, this thread's is UTF-8. Threads: its own.
#pragma once

#include <locale.h>

namespace posthouse::transfer {

class Utf8Locale {
 public:
  Utf8Locale() : before_(::uselocale(utf8())) {}
  ~Utf8Locale() { ::uselocale(before_); }
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;

 private:
  // 0, which changes nothing, where the system has none.
  static locale_t utf8() {
    static const locale_t kUtf8 = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", static_cast<locale_t>(nullptr));
    return kUtf8;
  }

  const locale_t before_;
};

}  // namespace posthouse::transfer
