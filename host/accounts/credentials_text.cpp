#include "accounts/credentials_text.hpp"

#include <algorithm>
#include <charconv>

#include "ph/sasl/base64.hpp"

namespace posthouse::accounts {
namespace {

using ph::sasl::decodeBase64;
using ph::sasl::encodeBase64;

std::string word(std::string_view& rest) {
  const size_t blank = rest.find(' ');
  std::string out(rest.substr(0, blank));
  rest = blank == std::string_view::npos ? std::string_view() : rest.substr(blank + 1);
  return out;
}

std::string scramText(const char* kind, const ph::sasl::ScramVerifier& v) {
  return std::string(kind) + " " + std::to_string(v.iterations) + " " + encodeBase64(v.salt) + " " +
         encodeBase64(v.storedKey) + " " + encodeBase64(v.serverKey) + "\n";
}

bool parseScram(std::string_view rest, std::optional<ph::sasl::ScramVerifier>& out) {
  ph::sasl::ScramVerifier v;
  const std::string iterations = word(rest);
  const auto end = iterations.data() + iterations.size();
  if (std::from_chars(iterations.data(), end, v.iterations).ptr != end || v.iterations == 0) return false;
  const auto salt = decodeBase64(word(rest));
  const auto stored = decodeBase64(word(rest));
  const auto server = decodeBase64(rest);
  if (!salt || !stored || !server || stored->empty() || server->empty()) return false;
  v.salt = *salt;
  v.storedKey = *stored;
  v.serverKey = *server;
  out = std::move(v);
  return true;
}

bool parseCram(std::string_view rest, std::optional<ph::sasl::CramKey>& out) {
  const auto inner = decodeBase64(word(rest));
  const auto outer = decodeBase64(rest);
  if (!inner || !outer || inner->size() != 16 || outer->size() != 16) return false;
  out = ph::sasl::CramKey{*inner, *outer};
  return true;
}

bool parseKey(std::string_view rest, std::vector<TlsKey>& out) {
  TlsKey key;
  key.fingerprint = word(rest);
  const std::string preauth = word(rest);
  key.address = word(rest);
  const auto name = decodeBase64(rest);
  if (key.fingerprint.size() != 64 || (preauth != "preauth" && preauth != "login") || !name) return false;
  key.preauth = preauth == "preauth";
  key.name = *name;
  out.push_back(std::move(key));
  return true;
}

bool number(const std::string& text, int64_t* out) {
  const char* const end = text.data() + text.size();
  return !text.empty() && std::from_chars(text.data(), end, *out).ptr == end;
}

// "app-password NAME HASH PROTOCOL,PROTOCOL|- CREATED EXPIRES"
bool parseAppPassword(std::string_view rest, std::vector<AppPassword>& out) {
  AppPassword p;
  p.name = word(rest);
  p.hash = word(rest);
  std::string protocols = word(rest);
  if (!number(word(rest), &p.created) || !number(word(rest), &p.expires) || p.hash.size() != 64) return false;
  while (protocols != "-" && !protocols.empty()) {
    const size_t end = std::min(protocols.find(','), protocols.size());
    if (end == 0) return false;  // written again it would mean all of them
    p.protocols.push_back(protocols.substr(0, end));
    protocols.erase(0, end + 1);
  }
  out.push_back(std::move(p));
  return true;
}

// "totp SECRET confirmed|pending LASTSTEP"
bool parseTotp(std::string_view rest, std::optional<Totp>& out) {
  auto secret = decodeBase64(word(rest));
  const std::string state = word(rest);
  Totp t;
  if (out || !secret || secret->empty() || (state != "confirmed" && state != "pending") ||
      !number(std::string(rest), &t.lastStep))
    return false;
  t.secret = std::move(*secret);
  t.confirmed = state == "confirmed";
  out = std::move(t);
  return true;
}

std::string totpText(const Totp& t) {
  std::string out = "totp " + encodeBase64(t.secret) + (t.confirmed ? " confirmed " : " pending ") +
                    std::to_string(t.lastStep) + "\n";
  for (const auto& hash : t.recovery) out += "totp-recovery " + hash + "\n";
  return out;
}

std::string appPasswordText(const AppPassword& p) {
  std::string protocols;
  for (const auto& one : p.protocols) protocols += (protocols.empty() ? "" : ",") + one;
  return "app-password " + p.name + " " + p.hash + " " + (protocols.empty() ? "-" : protocols) + " " +
         std::to_string(p.created) + " " + std::to_string(p.expires) + "\n";
}

}  // namespace

std::string credentialsText(const Credentials& c) {
  std::string out;
  if (!c.argon2id.empty()) out += "argon2id " + c.argon2id + "\n";
  if (c.scramSha256) out += scramText("scram-sha-256", *c.scramSha256);
  if (c.scramSha1) out += scramText("scram-sha-1", *c.scramSha1);
  if (c.cramMd5) out += "cram-md5 " + encodeBase64(c.cramMd5->inner) + " " + encodeBase64(c.cramMd5->outer) + "\n";
  for (const auto& k : c.tlsKeys) {
    out += "tls-key " + k.fingerprint + (k.preauth ? " preauth " : " login ") + k.address + " " + encodeBase64(k.name) +
           "\n";
  }
  for (const auto& p : c.appPasswords) out += appPasswordText(p);
  if (c.totp) out += totpText(*c.totp);
  return out;
}

ph::Result<Credentials> parseCredentials(std::string_view text) {
  Credentials c;
  for (unsigned line = 1; !text.empty(); ++line) {
    const size_t end = text.find('\n');
    std::string_view rest = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    const std::string kind = word(rest);
    bool good = true;
    if (kind == "argon2id") {
      c.argon2id = rest;
    } else if (kind == "scram-sha-256") {
      good = parseScram(rest, c.scramSha256);
    } else if (kind == "scram-sha-1") {
      good = parseScram(rest, c.scramSha1);
    } else if (kind == "cram-md5") {
      good = parseCram(rest, c.cramMd5);
    } else if (kind == "tls-key") {
      good = parseKey(rest, c.tlsKeys);
    } else if (kind == "app-password") {
      good = parseAppPassword(rest, c.appPasswords);
    } else if (kind == "totp") {
      good = parseTotp(rest, c.totp);
    } else if (kind == "totp-recovery") {
      good = c.totp && rest.size() == 64;
      if (good) c.totp->recovery.emplace_back(rest);
    } else {
      good = kind.empty();
    }
    if (!good) return ph::Error{ph::Kind::Invalid, "line " + std::to_string(line) + " is not understood"};
  }
  return c;
}

}  // namespace posthouse::accounts
