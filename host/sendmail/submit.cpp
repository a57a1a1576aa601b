#include "sendmail/submit.hpp"

#include <Poco/Base64Encoder.h>
#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/MailStream.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SecureSMTPClientSession.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <Poco/Net/SocketAddress.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>

#include "ph/text/ascii.hpp"

namespace posthouse::sendmail {
namespace {

using Poco::Net::Context;
using Poco::Net::SecureSMTPClientSession;
using Tls = config::SendmailConfig::Tls;

const Poco::Timespan kTimeout(120, 0);

Context::Ptr context(const config::SendmailConfig& c) {
  Context::Params params;
  params.verificationMode = Context::VERIFY_STRICT;
  params.caLocation = c.authorities;
  params.loadDefaultCAs = c.authorities.empty();
  Context::Ptr out = new Context(Context::TLS_CLIENT_USE, params);
  out->requireMinimumProtocol(Context::PROTO_TLSV1_2);
  out->enableExtendedCertificateVerification(true);
  return out;
}

std::unique_ptr<SecureSMTPClientSession> connect(const config::SendmailConfig& c, const Context::Ptr& tls) {
  const Poco::Net::SocketAddress address(c.host, c.port);
  if (c.tls == Tls::Implicit) {
    Poco::Net::SecureStreamSocket socket(tls);
    socket.setPeerHostName(c.host);
    socket.connect(address, kTimeout);
    if (socket.completeHandshake() != 1) throw Poco::Net::NetException("the TLS handshake did not end");
    return std::make_unique<SecureSMTPClientSession>(socket);
  }
  Poco::Net::StreamSocket socket;
  socket.connect(address, kTimeout);
  return std::make_unique<SecureSMTPClientSession>(socket);
}

std::string hostname() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 && name[0] != '\0' ? name : "localhost";
}

ph::Error refused(const std::string& what, const std::string& response) {
  const bool temporary = response.empty() || response[0] != '5';
  return {temporary ? ph::Kind::Temporary : ph::Kind::Permanent, what + ": " + response};
}

std::string base64(const std::string& text) {
  std::ostringstream out;
  Poco::Base64Encoder encoder(out);
  encoder.rdbuf()->setLineLength(0);
  encoder << text;
  encoder.close();
  return out.str();
}

ph::Status converse(SecureSMTPClientSession& session, const config::SendmailConfig& c, const Context::Ptr& tls,
                    const Prepared& mail) {
  session.setTimeout(kTimeout);
  session.login(hostname());
  std::string response;
  if (c.tls == Tls::StartTls) {
    if (!session.startTLS(tls)) return ph::Error{ph::Kind::Temporary, "the server refuses STARTTLS"};
    session.login(hostname());
  }
  if (!c.username.empty()) {
    const std::string plain = std::string(1, '\0') + c.username + std::string(1, '\0') + c.password;
    if (session.sendCommand("AUTH PLAIN " + base64(plain), response) != 235)
      return ph::Error{ph::Kind::Temporary, "the login was refused: " + response};  // a password can be set right
  }
  const bool international =
      !ph::text::isAscii(mail.reversePath) ||
      std::any_of(mail.recipients.begin(), mail.recipients.end(), [](const auto& r) { return !ph::text::isAscii(r); });
  std::string parameters = ph::text::isAscii(mail.message) ? "" : " BODY=8BITMIME";
  if (international) parameters += " SMTPUTF8";
  const auto positive = [](int status) { return status / 100 == 2; };
  if (!positive(session.sendCommand("MAIL FROM:<" + mail.reversePath + ">" + parameters, response)))
    return refused(mail.reversePath, response);
  for (const auto& r : mail.recipients) {
    if (!positive(session.sendCommand("RCPT TO:<" + r + ">", response))) return refused(r, response);
  }
  session.sendData();
  std::istringstream text(mail.message);
  session.sendMessage(text);
  return {};
}

}  // namespace

ph::Status submit(const config::SendmailConfig& c, const Prepared& mail) {
  std::unique_ptr<SecureSMTPClientSession> session;
  try {
    const auto tls = c.tls == Tls::None ? Context::Ptr() : context(c);
    session = connect(c, tls);
    const auto s = converse(*session, c, tls, mail);
    try {
      session->close();
    } catch (const Poco::Exception&) {  // it was taken, or it was not: a goodbye changes nothing
    }
    return s;
  } catch (const Poco::Net::SMTPException& e) {
    const bool permanent = e.code() / 100 == 5 || e.message().find(": 5") != std::string::npos;
    return ph::Error{permanent ? ph::Kind::Permanent : ph::Kind::Temporary, e.displayText()};
  } catch (const Poco::Exception& e) {
    return ph::Error{ph::Kind::Temporary, c.host + ":" + std::to_string(c.port) + ": " + e.displayText()};
  }
}

}  // namespace posthouse::sendmail
