// The header on top of message files: any bytes are one or none, and what is written is read as it was.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "store/meta.hpp"

using namespace posthouse::store;

namespace {

bool same(const Meta& a, const Meta& b) {
  return a.account == b.account && a.id == b.id && a.date == b.date && a.zone == b.zone && a.mailbox == b.mailbox &&
         a.reversePath == b.reversePath && a.prefix == b.prefix && a.hash == b.hash;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto parsed = parseMeta(text)) {
    if (parsed->length > size || parsed->length > kMaxMeta) std::abort();
    const auto again = parseMeta(formatMeta(parsed->meta));
    if (!again || !same(again->meta, parsed->meta)) std::abort();
  }
  Meta meta;
  meta.account = meta.mailbox = meta.reversePath = text.substr(0, 300);
  meta.id = static_cast<MessageId>(size) + 1;
  meta.date = static_cast<int64_t>(size) * 1000;
  meta.hash = std::string(32, size > 0 ? static_cast<char>(data[0]) : 'x');
  const std::string written = formatMeta(meta);
  const auto back = parseMeta(written);
  if (!back || back->length != written.size() || !same(back->meta, meta)) std::abort();
  return 0;
}
