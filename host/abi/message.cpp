#include "mail/message.hpp"

#include <new>

#include "abi/tables.hpp"
#include "ph/text.hpp"
#include "plugin/instance.hpp"

namespace posthouse::abi {
namespace {

using mail::Message;

ph_status create(const ph_host* host, uint64_t maxSize, ph_message** out) {
  Message* m = mail::newBuffer(plugin::Instance::of(host)->core().tmpFolder, maxSize);
  if (!m) return PH_E_LIMIT;
  *out = m->handle();
  return PH_OK;
}

ph_status write(ph_message* m, const void* data, size_t size) {
  try {
    return Message::from(m)->write({static_cast<const char*>(data), size});
  } catch (const std::bad_alloc&) {
    return PH_E_LIMIT;
  }
}

ph_status finish(ph_message* m) {
  return Message::from(m)->finish();
}
uint64_t length(const ph_message* m) {
  return Message::from(m)->length();
}

ph_status read(const ph_message* m, uint64_t offset, void* buffer, size_t size, size_t* out) {
  return Message::from(m)->read(offset, buffer, size, out);
}

ph_status view(const ph_message* m, size_t max, ph_str* out) {
  std::string_view block;
  try {
    if (!Message::from(m)->view(max, &block)) return PH_E_LIMIT;
  } catch (const std::bad_alloc&) {
    return PH_E_LIMIT;
  }
  *out = ph::str(block);
  return PH_OK;
}

void retain(ph_message* m) {
  Message::from(m)->retain();
}
void release(ph_message* m) {
  Message::from(m)->release();
}

}  // namespace

const void* messageTable() {
  static const ph_message_api table = {
      sizeof(ph_message_api), 0, create, write, finish, length, read, view, retain, release};
  return &table;
}

}  // namespace posthouse::abi
