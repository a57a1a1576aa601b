#include "ph/draft/host/tls.h"

#include <string_view>

#include "abi/tables.hpp"
#include "net/session.hpp"
#include "ph/text.hpp"

namespace posthouse::abi {
namespace {

ph_status start(ph_session* s) {
  return s->session->startTls();
}

void info(ph_session* s, ph_tls_info* out) {
  *out = ph::sized<ph_tls_info>();
  const net::TlsStream* tls = s->session->tls();
  out->version = "";
  out->cipher = "";
  if (!tls) return;
  SSL* ssl = tls->ssl();
  out->active = 1;
  out->version = tls->version().data();
  out->cipher = SSL_get_cipher_name(ssl);
  out->cipher_bits = SSL_get_cipher_bits(ssl, nullptr);
  out->resumed = SSL_session_reused(ssl);
  const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  out->server_name = ph::str(name ? name : "");
  out->verified = tls->verified() ? 1 : 0;
}

ph_status channelBinding(ph_session* s, const char* kind, ph_sink sink) {
  const net::TlsStream* tls = s->session->tls();
  if (!tls) return PH_E_UNAVAILABLE;
  const std::string_view k = kind;
  const std::string data = k == "tls-exporter"           ? tls->exporterBinding()
                           : k == "tls-server-end-point" ? tls->endPointBinding()
                                                         : std::string();
  return data.empty() ? PH_E_UNAVAILABLE : sink.write(sink.ctx, data.data(), data.size());
}

ph_status connect(ph_session* s, const ph_tls_client* what) {
  return s->session->connectTls(*what);
}

ph_str failure(ph_session* s) {
  return ph::str(s->session->tlsError());
}

}  // namespace

const void* tlsTable() {
  static const ph_tls table = {sizeof(ph_tls), 0, start, info, channelBinding, connect, failure};
  return &table;
}

}  // namespace posthouse::abi
