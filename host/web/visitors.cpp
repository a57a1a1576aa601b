#include "web/visitors.hpp"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <ctime>

#include "http/origin.hpp"
#include "http/router.hpp"
#include "web/cookie.hpp"

namespace posthouse::web {
namespace {

constexpr int kSeeOther = 303, kUnauthorized = 401, kForbidden = 403;

bool isSafe(const std::string& method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

// A person with a browser, not a program.
bool wantsPage(const http::RequestHead& head) {
  return head.method == "GET" && head.fields.get("accept").value_or("").find("text/html") != std::string_view::npos;
}

// RFC 3986 3.4: what could end a query's value is coded.
std::string queryValue(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (u > 0x20 && u < 0x7f && std::string_view("&+#%?=\"<>").find(c) == std::string_view::npos) {
      out += c;
    } else {
      out.append("%").append(1, kHex[u >> 4]).append(1, kHex[u & 15]);
    }
  }
  return out;
}

}  // namespace

std::string Visitors::cookieName(bool secure) {
  return secure ? "__Host-posthouse" : "posthouse";
}

std::string Visitors::cookieField(bool secure, const std::string& secret) {
  return cookieName(secure) + "=" + secret + "; Path=/; HttpOnly; SameSite=Strict" + (secure ? "; Secure" : "") +
         (secret.empty() ? "; Max-Age=0" : "");
}

std::string Visitors::csrfOf(const std::string& secret) {
  static constexpr char kHex[] = "0123456789abcdef";
  const std::string text = "csrf:" + secret;
  unsigned char hash[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash);
  std::string out;
  for (const unsigned char c : hash) out.append(1, kHex[c >> 4]).append(1, kHex[c & 15]);
  return out;
}

bool Visitors::sameToken(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

int Visitors::roleOf(const config::AccountConfig& account) {
  return account.role == "admin" ? 2 : account.role == "domain-admin" ? 1 : 0;
}

std::shared_ptr<const http::Visitor> Visitors::find(const http::Request& request) const {
  const auto secret = cookie(request.head.fields, cookieName(request.secure));
  if (!secret) return nullptr;
  const auto session = sessions_.find(*secret, std::time(nullptr));
  if (!session) return nullptr;
  const auto directory = accounts_.directory();
  const auto* account = directory->account(session->account);
  if (!account || !account->loginDisabled.empty()) return nullptr;
  auto out = std::make_shared<http::Visitor>();
  out->account = account->name;
  out->role = roleOf(*account);
  // One that became more powerful since logs in anew: his session has the times of the weaker.
  if (!session->powerful) out->role = 0;
  if (out->role == 1) out->domains = account->administers;
  out->session = session->id;
  out->csrf = csrfOf(*secret);
  return out;
}

http::Verdict Visitors::judge(const http::Request& request, http::Audience audience) const {
  const http::RequestHead& head = request.head;
  auto visitor = find(request);
  if (!visitor) {
    if (!wantsPage(head)) return {kUnauthorized, "log in first", {}, nullptr};
    const std::string query = head.target.query.empty() ? "" : "?" + head.target.query;
    return {kSeeOther, "log in first", kLoginPath + ("?next=" + queryValue(head.target.path + query)), nullptr};
  }
  if (audience == http::Audience::Admin && visitor->role < 2) return {kForbidden, "only for admins", {}, nullptr};
  if (!isSafe(head.method)) {
    if (!http::sameOrigin(head)) return {kForbidden, "another page asks for this", {}, nullptr};
    if (!sameToken(head.fields.get("x-csrf-token").value_or(""), visitor->csrf))
      return {kForbidden, "X-CSRF-Token is missing or wrong", {}, nullptr};
  }
  return {0, {}, {}, std::move(visitor)};
}

}  // namespace posthouse::web
