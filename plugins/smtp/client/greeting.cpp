// From the server's greeting to the first message: EHLO, STARTTLS, EHLO again.
// RFC 5321 3.1, 3.2, 4.1.1.1, RFC 2033 4.1, RFC 3207 4.
#include "client/dialogue.hpp"
#include "client/timeouts.hpp"
#include "ph/text/ascii.hpp"

namespace ph_smtp::client {

std::string Dialogue::ownName() const {
  if (!sending_->helo().empty()) return std::string(sending_->helo());
  const std::string ip(ph::view(info().local_ip));
  return ip.find(':') == std::string::npos ? "[" + ip + "]" : "[IPv6:" + ip + "]";
}

ph::Next Dialogue::onGreeting(const Reply& reply, size_t) {
  if (reply.code == 220) return sayHello();
  if (reply.temporary() || reply.permanent()) {
    return fail({Ending::Kind::Failed, outcome(reply), reply.temporary(), true});
  }
  return lost("the server does not greet: " + reply.text());
}

ph::Next Dialogue::sayHello() {
  return say((sending_->lmtp() ? "LHLO " : "EHLO ") + ownName(), {&Dialogue::onEhlo, kCommandMs, "EHLO"});
}

ph::Next Dialogue::onEhlo(const Reply& reply, size_t) {
  // RFC 5321 3.2: an old server knows only HELO. Where more is needed, it is of no use.
  if (reply.permanent() && !sending_->lmtp() && !tlsActive_) {
    return say("HELO " + ownName(), {&Dialogue::onHelo, kCommandMs, "HELO"});
  }
  if (!reply.positive()) return fail({Ending::Kind::Failed, outcome(reply), !reply.permanent(), true});
  offers_ = ph::smtp::parseExtensions(reply);
  return greeted();
}

ph::Next Dialogue::onHelo(const Reply& reply, size_t) {
  if (!reply.positive()) return fail({Ending::Kind::Failed, outcome(reply), !reply.permanent(), true});
  offers_ = {};
  offers_.name = ph::smtp::parseExtensions(reply).name;
  return greeted();
}

ph::Next Dialogue::greeted() {
  if (sending_->direct() && ph::text::equalsNoCase(offers_.name, ownName())) {
    return fail({Ending::Kind::Failed,
                 here(localRefusal("5.4.6", "mail comes back: " + sending_->server().name + " is this server")), false,
                 true});
  }
  if (!tlsActive_ && tls_.wanted && offers_.startTls) {
    return say("STARTTLS", {&Dialogue::onStartTls, kCommandMs, "STARTTLS"});
  }
  if (!tlsActive_ && tls_.needed) {
    return fail({Ending::Kind::Failed,
                 here(localTrouble("4.7.4", "the server does not offer STARTTLS, which is needed: " + tls_.why)), true,
                 false});
  }
  if (!ph::view(sending_->destination().username).empty()) return logIn();
  return beginMail();
}

ph::Next Dialogue::onStartTls(const Reply& reply, size_t) {
  if (reply.code == 220) {
    // RFC 3207 4.2, 6: what came in plain text behind it was put there by somebody else.
    if (!input().empty()) return lost("plain text came behind the reply to STARTTLS");
    auto started = startTls(tls_.client);
    if (!started && !tls_.needed) started = startTls({});  // a name that TLS takes for none
    if (started) return Next::Tls;
    return fail(
        {Ending::Kind::Failed, here(localTrouble("4.7.5", "TLS can't be begun as needed: " + tls_.why)), true, false});
  }
  if (tls_.needed) {
    Outcome o = outcome(reply);
    o.outcome = PH_DELIVERY_TEMPORARY;
    return fail({Ending::Kind::Failed, std::move(o), true, false});
  }
  sending_->note("STARTTLS refused, going on in plain text: " + reply.text());
  tls_.wanted = false;
  return greeted();
}

ph::Next Dialogue::tlsFailed() {
  const std::string text = "TLS: " + tlsFailure();
  if (tls_.fallback && !tls_.needed) {
    sending_->note(sending_->server().name + ": " + text + "; trying again in plain text");
    ending_ = Ending{Ending::Kind::RetryPlain, {}, false, false};
  } else {
    ending_ = Ending{Ending::Kind::Failed, here(localTrouble("4.7.5", text)), true, false};
  }
  return Next::Close;
}

}  // namespace ph_smtp::client
