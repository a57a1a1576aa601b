#include "net/certificates.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <cctype>

#include "net/certificate_hash.hpp"

namespace posthouse::net {
namespace {

// The host name in the server_name extension, RFC 6066 3; empty when there is none or it is malformed.
std::string serverName(SSL* ssl) {
  const unsigned char* p = nullptr;
  size_t n = 0;
  if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &p, &n) != 1 || n < 5 || p[2] != 0) return {};
  const size_t length = static_cast<size_t>(p[3]) << 8 | p[4];
  if (length + 5 > n || length > 253) return {};
  std::string name(reinterpret_cast<const char*>(p + 5), length);
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  return name;
}

// A ticket remembers which certificate its client saw: see TlsStream::endPointBinding. A resumed session keeps its own.
int writeTicket(SSL* ssl, void*) {
  SSL_SESSION* session = SSL_get_session(ssl);
  void* data = nullptr;
  size_t size = 0;
  if (SSL_session_reused(ssl) == 1 && SSL_SESSION_get0_ticket_appdata(session, &data, &size) == 1 && size > 0) return 1;
  const std::string hash = endPointHash(ssl);
  return SSL_SESSION_set1_ticket_appdata(session, hash.data(), hash.size());
}

SSL_TICKET_RETURN readTicket(SSL*, SSL_SESSION*, const unsigned char*, size_t, SSL_TICKET_STATUS status, void*) {
  switch (status) {
    case SSL_TICKET_SUCCESS:
      return SSL_TICKET_RETURN_USE;
    case SSL_TICKET_SUCCESS_RENEW:
      return SSL_TICKET_RETURN_USE_RENEW;
    case SSL_TICKET_EMPTY:
    case SSL_TICKET_NO_DECRYPT:
      return SSL_TICKET_RETURN_IGNORE_RENEW;
    default:
      return SSL_TICKET_RETURN_ABORT;
  }
}

void prepare(SSL_CTX* ctx) {
  SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
  SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                               SSL_OP_PRIORITIZE_CHACHA | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(ctx, 1);
  // Sessions with a client certificate resume only under a name of ours.
  static constexpr unsigned char kContext[] = "posthouse";
  SSL_CTX_set_session_id_context(ctx, kContext, sizeof kContext - 1);
  SSL_CTX_set_session_ticket_cb(ctx, &writeTicket, &readTicket, nullptr);
}

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Bio bytesOf(const std::string& text) {
  return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free};
}

// The server's certificate and then those that lead to a root, PEM.
bool useChain(SSL_CTX* ctx, const std::string& pem) {
  const Bio bio = bytesOf(pem);
  const Certificate own(PEM_read_bio_X509_AUX(bio.get(), nullptr, nullptr, nullptr), X509_free);
  if (!own || SSL_CTX_use_certificate(ctx, own.get()) != 1) return false;
  while (X509* next = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    if (SSL_CTX_add0_chain_cert(ctx, next) == 1) continue;
    X509_free(next);
    return false;
  }
  // The end of the file is an error of its own; any other one is damage.
  if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) return false;
  ERR_clear_error();
  return true;
}

// A key with a password is refused: there is nobody to ask.
bool useKey(SSL_CTX* ctx, const std::string& pem) {
  const auto nobody = [](char*, int, int, void*) { return -1; };
  const Key key(PEM_read_bio_PrivateKey(bytesOf(pem).get(), nullptr, nobody, nullptr), EVP_PKEY_free);
  return key && SSL_CTX_use_PrivateKey(ctx, key.get()) == 1;
}

}  // namespace

std::string sslErrors() {
  std::string out;
  while (const unsigned long e = ERR_get_error()) {
    char buffer[256];
    ERR_error_string_n(e, buffer, sizeof buffer);
    if (!out.empty()) out += "; ";
    out += buffer;
  }
  return out;
}

const Certificates::Context& Certificates::Set::find(std::string_view name) const {
  auto i = byName.find(name);
  if (i != byName.end()) return i->second;
  const size_t dot = name.find('.');
  if (dot != std::string_view::npos) {
    i = byName.find("*" + std::string(name.substr(dot)));
    if (i != byName.end()) return i->second;
  }
  return fallback;
}

Certificates::Certificates() : base_(SSL_CTX_new(TLS_server_method())), set_(std::make_shared<Set>()) {
  prepare(base_);
  SSL_CTX_set_client_hello_cb(base_, &Certificates::clientHello, this);
}

Certificates::~Certificates() {
  SSL_CTX_free(base_);
}

bool Certificates::empty() const {
  return !std::atomic_load(&set_)->fallback;
}

ph::Result<Certificates::Loaded> Certificates::read(const std::vector<CertificateFiles>& files,
                                                    const ReadFile& readFile) {
  auto next = std::make_shared<Set>();
  for (const auto& f : files) {
    Context ctx(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    prepare(ctx.get());
    const auto chain = readFile(f.certificate);
    if (!chain) return ph::Error{ph::Kind::Invalid, "certificate " + chain.error().text};
    auto key = readFile(f.key);
    if (!key) return ph::Error{ph::Kind::Invalid, "key " + key.error().text};
    ERR_clear_error();
    if (!useChain(ctx.get(), *chain)) {
      return ph::Error{ph::Kind::Invalid, "certificate " + f.certificate + ": " + sslErrors()};
    }
    const bool keyUsed = useKey(ctx.get(), *key);
    OPENSSL_cleanse(key->data(), key->size());
    if (!keyUsed) return ph::Error{ph::Kind::Invalid, "key " + f.key + ": " + sslErrors()};
    if (SSL_CTX_check_private_key(ctx.get()) != 1) {
      return ph::Error{ph::Kind::Invalid, "key " + f.key + " does not belong to " + f.certificate};
    }
    for (const auto& name : f.names) next->byName[name] = ctx;
    if (!next->fallback) next->fallback = ctx;
  }
  return Loaded(std::move(next));
}

void Certificates::use(Loaded set) {
  std::atomic_store(&set_, std::move(set));
}

int Certificates::clientHello(SSL* ssl, int* alert, void* self) {
  const auto set = std::atomic_load(&static_cast<Certificates*>(self)->set_);
  const Context& ctx = set->find(serverName(ssl));
  if (!ctx) {
    *alert = SSL_AD_UNRECOGNIZED_NAME;
    return SSL_CLIENT_HELLO_ERROR;
  }
  SSL_set_SSL_CTX(ssl, ctx.get());
  return SSL_CLIENT_HELLO_SUCCESS;
}

}  // namespace posthouse::net
