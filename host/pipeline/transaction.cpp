#include "pipeline/transaction.hpp"

#include <openssl/rand.h>

#include <cstddef>

#include "ph/date/date.hpp"

namespace posthouse::pipeline {

Transaction::Transaction() {
  static constexpr char kDigits[] = "0123456789abcdefghjkmnpqrstvwxyz";
  unsigned char bytes[12];
  RAND_bytes(bytes, sizeof bytes);
  for (const unsigned char b : bytes) id += kDigits[b & 31];
}

void Transaction::setInfo(const ph_txn_info& i) {
  submission = i.submission != 0;
  sessionId = i.session_id;
  listener = ph::view(i.listener);
  protocol = ph::view(i.protocol);
  remoteIp = ph::view(i.remote_ip);
  localIp = ph::view(i.local_ip);
  helo = ph::view(i.helo);
  account = ph::view(i.account);
  tlsVersion = ph::view(i.tls_version);
  tlsCipher = ph::view(i.tls_cipher);
  publicId = i.size > offsetof(ph_txn_info, public_id) ? ph::view(i.public_id) : std::string_view();
}

namespace {
void copyText(char* to, size_t size, std::string_view text) {
  to[text.copy(to, size - 1)] = '\0';
}
}  // namespace

ph_verdict makeVerdict(int verdict, int code, std::string_view enhanced, std::string_view text) {
  auto v = ph::sized<ph_verdict>();
  v.verdict = verdict;
  v.code = code;
  copyText(v.enhanced, sizeof v.enhanced, enhanced);
  copyText(v.text, sizeof v.text, text);
  return v;
}

std::string receivedValue(const Transaction& t, const std::string& hostname, int64_t unixSeconds, int zoneMinutes) {
  std::string out = "from ";
  if (t.submission) {
    out += hostname;
  } else {
    out += t.helo.empty() ? "unknown" : t.helo;
    out += t.remoteIp.find(':') == std::string::npos ? " ([" + t.remoteIp + "])" : " ([IPv6:" + t.remoteIp + "])";
  }
  out += " by " + hostname + " with " + (t.protocol.empty() ? "ESMTP" : t.protocol);
  if (t.params.flags & PH_MAIL_REQUIRETLS) out += " (requiretls)";
  out += " id " + (t.publicId.empty() ? t.id : t.publicId);
  if (!t.tlsVersion.empty()) out += " (" + t.tlsVersion + " " + t.tlsCipher + ")";
  // More than one recipient is not shown: it would tell each of the others, RFC 5321 7.2.
  if (t.rcpts.size() == 1) out += " for <" + t.rcpts[0].forwardPath + ">";
  if (t.params.priority != 0) out += " PRIORITY " + std::to_string(t.params.priority);  // RFC 6710 4.1
  return out + "; " + ph::date::format({unixSeconds, zoneMinutes});
}

}  // namespace posthouse::pipeline
