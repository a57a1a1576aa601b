// MAIL and RCPT with the parameters that the message needs and the server offers.
// RFC 1870 3, RFC 6152 2, RFC 6531 3.4, RFC 3030 3, RFC 8689 2, RFC 3461 4, RFC 2852 4, RFC 6710 4.
#include <algorithm>

#include "client/dialogue.hpp"
#include "ph/smtp/parameters.hpp"
#include "ph/text/ascii.hpp"

namespace ph_smtp::client {

namespace {

constexpr int64_t kMaxBy = 999'999'999;  // by-time has nine digits, RFC 2852 4

std::string notifyList(uint32_t notify) {
  if (notify & PH_NOTIFY_NEVER) return "NEVER";
  std::string out;
  for (const auto& [flag, name] :
       {std::pair(PH_NOTIFY_SUCCESS, "SUCCESS"), {PH_NOTIFY_FAILURE, "FAILURE"}, {PH_NOTIFY_DELAY, "DELAY"}}) {
    if (notify & flag) out += (out.empty() ? "" : ",") + std::string(name);
  }
  return out.empty() ? "NEVER" : out;
}

}  // namespace

int64_t Dialogue::secondsLeft() const {
  return std::clamp(sending_->mail().deliverBy - host().wallMs() / 1000, -kMaxBy, kMaxBy);
}

std::string Dialogue::mailCommand() const {
  const Mail& mail = sending_->mail();
  std::string out = "MAIL FROM:<" + mail.reversePath + ">";
  if (offers_.size) out += " SIZE=" + std::to_string(mail.size);
  if (mail.binary()) {
    out += " BODY=BINARYMIME";
  } else if ((mail.flags & PH_MAIL_8BITMIME) && offers_.eightBitMime) {
    // Without the extension it is sent as it is: no server of today spoils it.
    out += " BODY=8BITMIME";
  }
  if (mail.needsUtf8()) out += " SMTPUTF8";
  if ((mail.flags & PH_MAIL_REQUIRETLS) && offers_.requireTls && tlsActive_) out += " REQUIRETLS";
  if (offers_.dsn) {
    if (mail.ret != PH_RET_DEFAULT) out += mail.ret == PH_RET_FULL ? " RET=FULL" : " RET=HDRS";
    if (!mail.envid.empty()) out += " ENVID=" + ph::smtp::encodeXtext(mail.envid);
  }
  if (mail.deliverBy != 0 && offers_.deliverBy) {
    out += " BY=" + std::to_string(secondsLeft()) + ';' + (mail.byMode == 'R' ? 'R' : 'N');
    if (mail.flags & PH_MAIL_BY_TRACE) out += 'T';
  }
  if (mail.priority != 0 && offers_.priority) out += " MT-PRIORITY=" + std::to_string(mail.priority);
  return out;
}

std::string Dialogue::rcptCommand(const Recipient& r) const {
  std::string out = "RCPT TO:<" + r.forwardPath + ">";
  if (!offers_.dsn) return out;
  uint32_t notify = r.notify;
  // RFC 2852 4.1.4.2: who does not know by when is at least asked to tell of a delay.
  if (sending_->mail().deliverBy != 0 && !offers_.deliverBy && !(notify & PH_NOTIFY_NEVER)) {
    if (!(notify & PH_NOTIFY_GIVEN)) notify = PH_NOTIFY_GIVEN | PH_NOTIFY_FAILURE;
    notify |= PH_NOTIFY_DELAY;
  }
  if (notify & PH_NOTIFY_GIVEN) out += " NOTIFY=" + notifyList(notify);
  // An address that is not ASCII has no form that every server knows: RFC 6533 3.
  const size_t type = r.orcpt.find(';');
  if (type != std::string::npos && ph::text::isAscii(r.orcpt)) {
    out += " ORCPT=" + r.orcpt.substr(0, type + 1) + ph::smtp::encodeXtext(r.orcpt.substr(type + 1));
  }
  return out;
}

}  // namespace ph_smtp::client
