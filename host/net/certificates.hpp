// The server's certificates, chosen by the name the client asks for (SNI), replaced while running.
// New handshakes see a replacement at once; running connections keep what they began with.
// Threads: all from any thread. RFC 6066 3 (SNI), RFC 8446.
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ph/result.hpp"

namespace posthouse::net {

struct CertificateFiles {
  std::vector<std::string> names;  // A-labels; "*.example.org" matches one label; empty: the fallback
  std::string certificate;         // PEM chain
  std::string key;                 // PEM
};

class Certificates {
 private:
  using Context = std::shared_ptr<SSL_CTX>;
  struct Set {
    std::map<std::string, Context, std::less<>> byName;
    Context fallback;
    const Context& find(std::string_view name) const;
  };

 public:
  using Loaded = std::shared_ptr<const Set>;
  Certificates();
  ~Certificates();
  Certificates(const Certificates&) = delete;
  Certificates& operator=(const Certificates&) = delete;

  // Gives the content of a file; who runs the server may not read it himself.
  using ReadFile = std::function<ph::Result<std::string>(const std::string& path)>;
  // Reads all files; an error when one of them is not usable.
  static ph::Result<Loaded> read(const std::vector<CertificateFiles>& files, const ReadFile& readFile);
  // Replaces the whole set: handshakes that begin now use it.
  void use(Loaded set);
  bool empty() const;

  // Whether any client certificate is known, so that asking for one makes sense. Set before the first connection;
  // called on any thread.
  void onAsk(std::function<bool()> wanted) { wanted_ = std::move(wanted); }
  bool wantsClientCertificates() const { return wanted_ && wanted_(); }

  // The context every accepted connection begins with; owned by this object.
  SSL_CTX* context() const { return base_; }

 private:
  static int clientHello(SSL* ssl, int* alert, void* self);

  SSL_CTX* base_;
  std::function<bool()> wanted_;
  std::shared_ptr<const Set> set_;  // with std::atomic_load and atomic_store only
};

// What went wrong in OpenSSL on this thread, for logs; clears the queue.
std::string sslErrors();

}  // namespace posthouse::net
