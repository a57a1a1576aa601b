#include "transfer/imap_client.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <Poco/Net/SocketAddress.h>

#include <algorithm>

#include "ph/text/ascii.hpp"

namespace posthouse::transfer {
namespace {

using Poco::Net::Context;

const Poco::Timespan kTimeout(300, 0);
constexpr std::size_t kMaxLine = 16 << 20;
constexpr std::size_t kPiece = 128 * 1024;

Context::Ptr context(const ImapServer& server) {
  Context::Params params;
  params.verificationMode = server.verify ? Context::VERIFY_STRICT : Context::VERIFY_NONE;
  params.caLocation = server.authorities;
  params.loadDefaultCAs = server.authorities.empty();
  Context::Ptr out = new Context(Context::TLS_CLIENT_USE, params);
  out->requireMinimumProtocol(Context::PROTO_TLSV1_2);
  out->enableExtendedCertificateVerification(server.verify);
  return out;
}

}  // namespace

struct ImapClient::Socket {
  Poco::Net::StreamSocket stream;
};

ImapClient::ImapClient(std::size_t maxLiteral) : maxLiteral_(maxLiteral) {}
ImapClient::~ImapClient() = default;

ph::Status ImapClient::open(const ImapServer& server) {
  try {
    const Poco::Net::SocketAddress address(server.host, static_cast<Poco::UInt16>(server.port));
    if (server.tls == ImapServer::Tls::Implicit) {
      Poco::Net::SecureStreamSocket socket(context(server));
      socket.setPeerHostName(server.host);
      socket.connect(address, kTimeout);
      if (socket.completeHandshake() != 1) return ph::Error{ph::Kind::Temporary, "the TLS handshake did not end"};
      socket_ = std::make_unique<Socket>(Socket{socket});
    } else {
      Poco::Net::StreamSocket socket;
      socket.connect(address, kTimeout);
      socket_ = std::make_unique<Socket>(Socket{socket});
    }
    socket_->stream.setReceiveTimeout(kTimeout);
    socket_->stream.setSendTimeout(kTimeout);
  } catch (const Poco::Exception& e) {
    return ph::Error{ph::Kind::Temporary, server.host + ": " + e.displayText()};
  }
  const auto greeting = readLine();
  if (!greeting) return greeting.error();
  if (!ph::text::toLower(greeting->text).starts_with("* ok"))
    return ph::Error{ph::Kind::Temporary, server.host + " says: " + greeting->text};
  if (server.tls == ImapServer::Tls::Starttls)
    if (auto done = startTls(server); !done) return done;
  if (auto done = capabilities(); !done) return done;
  if (auto done = login(server); !done) return done;
  return capabilities();
}

// RFC 9051 6.2.1: what was said before TLS counts for nothing.
ph::Status ImapClient::startTls(const ImapServer& server) {
  if (auto done = command("STARTTLS"); !done) return done;
  if (at_ != buffer_.size()) return ph::Error{ph::Kind::Permanent, "the server spoke before TLS began"};
  try {
    auto secure = Poco::Net::SecureStreamSocket::attach(socket_->stream, server.host, context(server));
    socket_->stream = secure;
    if (secure.completeHandshake() != 1) return ph::Error{ph::Kind::Temporary, "the TLS handshake did not end"};
    return {};
  } catch (const Poco::Exception& e) {
    return ph::Error{ph::Kind::Temporary, server.host + ": " + e.displayText()};
  }
}

ph::Status ImapClient::capabilities() {
  capabilities_.clear();
  return command("CAPABILITY", [this](std::vector<ImapValue>& values) {
    if (!values.empty() && ph::text::equalsNoCase(values[0].text, "CAPABILITY"))
      for (std::size_t i = 1; i < values.size(); ++i) capabilities_.push_back(values[i].text);
    return ph::Status();
  });
}

bool ImapClient::can(std::string_view capability) const {
  return std::any_of(capabilities_.begin(), capabilities_.end(),
                     [&](const auto& c) { return ph::text::equalsNoCase(c, capability); });
}

ph::Status ImapClient::login(const ImapServer& server) {
  const auto user = quotedImap(server.user), password = quotedImap(server.password);
  if (user.empty() || password.empty() || can("LOGINDISABLED")) {
    // RFC 4616, RFC 4959: also what LOGIN cannot say.
    if (!can("AUTH=PLAIN")) return ph::Error{ph::Kind::Denied, "the server offers no login that can be used here"};
    const std::string plain = std::string(1, '\0') + server.user + std::string(1, '\0') + server.password;
    constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string encoded;
    for (std::size_t i = 0; i < plain.size(); i += 3) {
      std::uint32_t bits = 0;
      for (std::size_t j = 0; j < 3; ++j)
        bits = bits << 8 | (i + j < plain.size() ? static_cast<unsigned char>(plain[i + j]) : 0);
      for (int j = 0; j < 4; ++j)
        encoded += i + static_cast<std::size_t>(j) > plain.size() ? '=' : kDigits[bits >> (18 - 6 * j) & 63];
    }
    const auto tag = "A" + std::to_string(++tag_);
    if (auto done = send(tag + " AUTHENTICATE PLAIN\r\n"); !done) return done;
    for (;;) {
      const auto line = readLine();
      if (!line) return line.error();
      if (line->text.starts_with("+")) {
        if (auto done = send(encoded + "\r\n"); !done) return done;
      } else if (line->text.starts_with(tag + " ")) {
        const bool good = ph::text::toLower(line->text.substr(tag.size() + 1)).starts_with("ok");
        return good ? ph::Status() : ph::Error{ph::Kind::Denied, "login failed: " + line->text.substr(tag.size() + 1)};
      }
    }
  }
  auto done = command("LOGIN " + user + " " + password);
  if (!done && done.error().kind == ph::Kind::Permanent)
    return ph::Error{ph::Kind::Denied, "login failed: " + done.error().text};
  return done;
}

ph::Status ImapClient::command(const std::string& line, const Untagged& untagged) {
  const auto tag = "A" + std::to_string(++tag_);
  if (auto done = send(tag + " " + line + "\r\n"); !done) return done;
  ph::Status handled;
  for (;;) {
    auto answer = readLine();
    if (!answer) return answer.error();
    if (answer->text.starts_with(tag + " ")) {
      const auto text = answer->text.substr(tag.size() + 1);
      if (!handled) return handled;
      if (ph::text::toLower(text.substr(0, 2)) == "ok") return {};
      return ph::Error{ph::Kind::Permanent, text};
    }
    if (!answer->text.starts_with("* ") || !untagged || !handled) continue;
    // Texts for people are not of this grammar: only their code is looked at.
    auto text = answer->text.substr(2);
    const auto lower = ph::text::toLower(text.substr(0, 8));
    if (lower.starts_with("bye")) return ph::Error{ph::Kind::Temporary, "the server ends the connection: " + text};
    if (lower.starts_with("ok ") || lower.starts_with("no ") || lower.starts_with("bad ")) {
      const auto open = text.find('['), close = text.find(']');
      if (open != text.find(' ') + 1 || close == std::string::npos) continue;
      text = text.substr(open + 1, close - open - 1);
    }
    auto values = parseImap(text, std::move(answer->literals));
    if (values) handled = untagged(*values);
    if (!values) handled = values.error();
  }
}

ph::Status ImapClient::send(const std::string& text) {
  try {
    for (std::size_t sent = 0; sent < text.size();) {
      const int n = socket_->stream.sendBytes(text.data() + sent,
                                              static_cast<int>(std::min<std::size_t>(text.size() - sent, kPiece)));
      if (n <= 0) return ph::Error{ph::Kind::Temporary, "the connection to the IMAP server is gone"};
      sent += static_cast<std::size_t>(n);
    }
    return {};
  } catch (const Poco::Exception& e) {
    return ph::Error{ph::Kind::Temporary, "the connection to the IMAP server is gone: " + e.displayText()};
  }
}

ph::Status ImapClient::fill() {
  if (at_ > 0) {
    buffer_.erase(0, at_);
    at_ = 0;
  }
  const auto size = buffer_.size();
  buffer_.resize(size + kPiece);
  int got = 0;
  std::string why;
  try {
    got = socket_->stream.receiveBytes(buffer_.data() + size, static_cast<int>(kPiece));
  } catch (const Poco::Exception& e) {
    why = ": " + e.displayText();
  }
  buffer_.resize(size + static_cast<std::size_t>(std::max(got, 0)));
  if (got <= 0) return ph::Error{ph::Kind::Temporary, "the connection to the IMAP server is gone" + why};
  return {};
}

// Up to the end of the line, which is taken away.
ph::Result<std::string> ImapClient::readUntil() {
  for (std::size_t from = at_;;) {
    const auto nl = buffer_.find('\n', from);
    if (nl != std::string::npos) {
      auto line = buffer_.substr(at_, nl - at_);
      at_ = nl + 1;
      if (line.ends_with('\r')) line.pop_back();
      return line;
    }
    if (buffer_.size() - at_ > kMaxLine) return ph::Error{ph::Kind::Permanent, "a line of the IMAP server is too long"};
    from = buffer_.size() - at_;
    if (auto done = fill(); !done) return done.error();
  }
}

ph::Result<ImapClient::Line> ImapClient::readLine() {
  Line line;
  for (;;) {
    const auto piece = readUntil();
    if (!piece) return piece.error();
    line.text += *piece;
    if (line.text.size() > kMaxLine) return ph::Error{ph::Kind::Permanent, "a line of the IMAP server is too long"};
    const auto size = literalAtEnd(*piece);
    if (size < 0) return line;
    // What is too long is read all the same, and lost: the message is left out then.
    std::string literal;
    for (auto left = static_cast<std::size_t>(size); left > 0;) {
      if (at_ == buffer_.size())
        if (auto done = fill(); !done) return done.error();
      const auto n = std::min(left, buffer_.size() - at_);
      if (static_cast<std::size_t>(size) <= maxLiteral_) literal.append(buffer_, at_, n);
      at_ += n;
      left -= n;
    }
    line.literals.push_back(std::move(literal));
  }
}

}  // namespace posthouse::transfer
