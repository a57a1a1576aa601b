#include "net/session.hpp"
#include "abi/tables.hpp"
#include "ph/text.hpp"
#include "plugin/instance.hpp"

namespace posthouse::abi {
namespace {

ph_str input(ph_session* s) {
  return ph::str(s->session->input());
}
ph_status consume(ph_session* s, size_t n) {
  return s->session->consume(n);
}
ph_status write(ph_session* s, const void* data, size_t size) {
  return s->session->write({static_cast<const char*>(data), size});
}
size_t pending(ph_session* s) {
  return s->session->pending();
}
void deadline(ph_session* s, uint32_t ms) {
  s->session->sessionDeadline(ms);
}
void done(ph_session* s) {
  s->session->done();
}
ph_status wake(const ph_host* host, uint64_t id) {
  return plugin::Instance::of(host)->core().engine->wake(id, PH_WHY_WAKE) ? PH_OK : PH_E_NOT_FOUND;
}
ph_status login(ph_session* s, ph_str account) {
  return s->session->login(ph::view(account));
}
ph_status hold(ph_session* s, size_t bytes) {
  return s->session->hold(bytes);
}

ph_status compress(ph_session* s) {
  return s->session->compress();
}

}  // namespace

const void* sessionTable() {
  static const ph_session_api table = {
      sizeof(ph_session_api), 0, input, consume, write, pending, deadline, done, wake, login, hold, compress};
  return &table;
}

}  // namespace posthouse::abi
