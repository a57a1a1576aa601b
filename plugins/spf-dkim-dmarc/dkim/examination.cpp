#include "dkim/examination.hpp"

namespace ph_mailauth::dkim {

ph::Result<std::unique_ptr<Examination>> Examination::begin(const Octets& message) {
  // Most headers are short: more is read only when the first piece has no end of it.
  std::string start;
  for (uint64_t size = 16 * 1024; size <= 512 * 1024; size *= 32) {
    start.clear();
    const auto s = message.read(0, size, [&](std::string_view piece) { start += piece; });
    if (!s) return s.error();
    if (start.size() < size) break;
    const auto end = ph::header::findEnd(start);
    if (end.bodyStart != end.fieldsEnd || end.truncated) break;
  }
  return std::unique_ptr<Examination>(new Examination(message, std::move(start)));
}

ph::Status Examination::readBody() {
  const auto s = message_.read(block_.bodyStart(), UINT64_MAX, [this](std::string_view piece) { body_.add(piece); });
  if (s) body_.finish();
  return s;
}

}  // namespace ph_mailauth::dkim
