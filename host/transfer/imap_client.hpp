// A client of another IMAP server, for pulling mail: one connection, one command at a time, blocking.
// Guarantees: without TLS no password is sent, unless `tls` is None; certificates are checked unless `verify` is off;
// what a server sends is bounded (a literal by `maxLiteral`). Threads: one. RFC 3501, RFC 9051, RFC 8314.
#pragma once

#include <functional>
#include <memory>

#include "transfer/imap_value.hpp"

namespace posthouse::transfer {

struct ImapServer {
  enum class Tls { Implicit, Starttls, None };
  std::string host;
  int port = 993;
  Tls tls = Tls::Implicit;
  bool verify = true;
  std::string authorities;  // PEM file; empty: those of the system
  std::string user, password;
};

class ImapClient {
 public:
  // Each untagged response; its first value is a number or a word.
  using Untagged = std::function<ph::Status(std::vector<ImapValue>& values)>;

  explicit ImapClient(std::size_t maxLiteral);
  ~ImapClient();

  // Connected, TLS, logged in. Denied: the login failed.
  ph::Status open(const ImapServer& server);
  // Permanent: the server said NO or BAD. Temporary: the connection is gone.
  ph::Status command(const std::string& line, const Untagged& untagged = {});
  bool can(std::string_view capability) const;

 private:
  struct Line {
    std::string text;
    std::vector<std::string> literals;
  };
  ph::Status send(const std::string& text);
  ph::Result<Line> readLine();
  ph::Result<std::string> readUntil();
  ph::Status fill();
  ph::Status startTls(const ImapServer& server);
  ph::Status login(const ImapServer& server);
  ph::Status capabilities();

  struct Socket;
  const std::size_t maxLiteral_;
  std::unique_ptr<Socket> socket_;
  std::string buffer_;
  std::size_t at_ = 0;
  int tag_ = 0;
  std::vector<std::string> capabilities_;
};

}  // namespace posthouse::transfer
