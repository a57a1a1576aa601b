// One login of one client, by any mechanism: which may be used, the exchange, the verdict, and the record of it.
// Guarantees: no password without TLS unless the listener allows it; one account per connection when a TLS client
// certificate names it; nothing tells an unknown user from a wrong password, neither text nor time.
// Threads: one login belongs to one session; step() hashes and reads files: a worker's job. RFC 4422.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/accounts.hpp"
#include "ph/sasl/mechanism.hpp"

namespace posthouse::accounts {

// The other end, as far as the connection shows.
struct Peer {
  uint64_t connection = 0;  // its id in logs
  std::string protocol;     // "imap"
  std::string remoteIp, localIp;
  std::string tls;  // version and cipher; empty: plain text
  ph::sasl::ScramBindings bindings;
  std::string fingerprint;        // of the client certificate's key, 64 hex digits; empty: it gave none
  bool plaintextAllowed = false;  // passwords may cross the network without TLS
};

class Login {
 public:
  // What this client may use now, strongest first.
  static std::vector<std::string> mechanisms(Accounts& accounts, const Peer& peer);
  // The account of the client's certificate, empty: none. `preauth`: the key wants IMAP's PREAUTH.
  static std::string certificateAccount(Accounts& accounts, const Peer& peer, bool* preauth);

  // NotFound: no such mechanism, or not for this client; Denied: TLS first. `accounts` must outlive it.
  static ph::Result<std::unique_ptr<Login>> begin(Accounts& accounts, Peer peer, std::string_view mechanism);
  // User name and password given at once (IMAP LOGIN, HTTP).
  static ph::Result<std::string> password(Accounts& accounts, const Peer& peer, std::string_view user,
                                          std::string_view password);

  struct Answer {
    bool over = false;
    std::string challenge;  // when not over
    std::string account;    // when over
  };
  // Invalid: malformed; Denied; Temporary. After an error or `over` the login is done.
  ph::Result<Answer> step(std::optional<std::string_view> response);
  // The client gave up.
  void cancelled();

 private:
  Login(Accounts& accounts, Peer peer, std::unique_ptr<ph::sasl::Mechanism> mechanism);
  static ph::Result<std::string> finish(Accounts& accounts, const Peer& peer, std::string_view mechanism,
                                        const std::string& user, const std::string& actAs,
                                        ph::Result<std::string> account);

  Accounts& accounts_;
  Peer peer_;
  std::unique_ptr<ph::sasl::Mechanism> mechanism_;
};

}  // namespace posthouse::accounts
