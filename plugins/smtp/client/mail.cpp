#include "client/mail.hpp"

#include <algorithm>

#include "ph/address/domain.hpp"
#include "ph/text/ascii.hpp"

namespace ph_smtp::client {

using ph::view;

namespace {

// A domain in U-labels is no reason to need SMTPUTF8: it has a form that every server knows.
std::string withPlainDomain(std::string_view path) {
  const size_t at = path.rfind('@');
  if (at == std::string_view::npos || ph::text::isAscii(path.substr(at))) return std::string(path);
  const auto domain = ph::address::normaliseDomain(path.substr(at + 1));
  return domain ? std::string(path.substr(0, at + 1)) + *domain : std::string(path);
}

}  // namespace

std::optional<Mail> Mail::next(const ph::Host& host, const ph::Attempt& attempt) {
  const auto d = attempt.next();
  if (!d) return std::nullopt;
  Mail m;
  m.id = view(d->id);
  m.reversePath = withPlainDomain(view(d->reverse_path));
  m.envid = view(d->envid);
  m.flags = d->flags;
  m.ret = d->ret;
  m.priority = d->priority;
  m.deliverBy = d->deliver_by;
  m.byMode = static_cast<char>(d->by_mode);
  host.message->retain(d->message);
  m.message = ph::Message(host, d->message);
  m.size = m.message.length();
  for (size_t i = 0; i < d->rcpt_count; ++i) {
    const auto r = attempt.rcpt(i);
    if (!r) break;
    Recipient out;
    out.forwardPath = withPlainDomain(view(r->forward_path));
    out.orcpt = view(r->orcpt);
    out.notify = r->notify;
    m.recipients.push_back(std::move(out));
  }
  return m;
}

bool Mail::needsUtf8() const {
  // The flag was set because header or addresses need it; it is checked when a message is taken.
  return (flags & PH_MAIL_SMTPUTF8) != 0 || !ph::text::isAscii(reversePath) ||
         std::any_of(recipients.begin(), recipients.end(),
                     [](const Recipient& r) { return !ph::text::isAscii(r.forwardPath); });
}

bool Mail::decided() const {
  return std::any_of(recipients.begin(), recipients.end(),
                     [](const Recipient& r) { return r.reported || (r.result && !r.result->temporary()); });
}

bool Mail::allReported() const {
  return std::all_of(recipients.begin(), recipients.end(), [](const Recipient& r) { return r.reported; });
}

void Mail::forNextServer() {
  for (Recipient& r : recipients) {
    if (r.result && r.result->code != 0) r.earlier = std::move(r.result);
    r.result.reset();
  }
}

}  // namespace ph_smtp::client
