#include "results/auth_results.hpp"

#include <algorithm>

#include "ph/text/ascii.hpp"

namespace ph_mailauth {

namespace {

bool isControl(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet < 0x20 || octet == 0x7f;
}

// RFC 2045 5.1: token; UTF-8 is text like letters (RFC 8616 5).
bool isToken(char c) {
  return !isControl(c) && c != ' ' && std::string_view("()<>@,;:\\\"/[]?=").find(c) == std::string_view::npos;
}

// Whether `text` is [[local-part] "@"] domain-name in a form that needs no quotes.
bool isAddress(std::string_view text) {
  const size_t at = text.rfind('@');
  const auto local = text.substr(0, at == text.npos ? 0 : at);
  const auto domain = at == text.npos ? text : text.substr(at + 1);
  const auto plain = [](std::string_view part) {
    return std::all_of(part.begin(), part.end(), [](char c) { return isToken(c); });
  };
  return !domain.empty() && plain(domain) && plain(local);
}

}  // namespace

std::string quotedString(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (isControl(c)) continue;
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string authValue(std::string_view text) {
  const bool token = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return isToken(c); });
  return token ? std::string(text) : quotedString(text);
}

std::string propertyValue(std::string_view text) {
  return isAddress(text) ? std::string(text) : authValue(text);
}

std::string authComment(std::string_view text) {
  std::string out = "(";
  for (const char c : text) {
    if (isControl(c)) continue;
    if (c == '(' || c == ')' || c == '\\') out += '\\';
    out += c;
  }
  return out + ')';
}

std::string iprevEntry(const Iprev& result, const Ip& ip) {
  std::string out = "iprev=";
  out.append(name(result.status)).append(" policy.iprev=").append(authValue(ip.text()));
  if (!result.hostname.empty()) out += " " + authComment(result.hostname);
  return out;
}

std::string spfEntry(const SpfResult& result, const SpfIdentity& identity) {
  std::string out = "spf=" + std::string(name(result.status));
  if (!result.problem.empty()) out += " reason=" + quotedString(result.problem);
  if (identity.helo) return out + " smtp.helo=" + propertyValue(identity.domain);
  return out + " smtp.mailfrom=" + propertyValue(identity.sender);
}

std::string dnswlEntry(const Listing& listing) {
  return "dnswl=pass dns.zone=" + propertyValue(listing.zone) + " policy.ip=" + authValue(listing.value);
}

std::string dmarcEntry(std::string_view status, std::string_view domain, DmarcPolicy asked,
                       const std::optional<DmarcOverride>& override) {
  std::string out = "dmarc=" + std::string(status);
  std::string comment = asked == DmarcPolicy::None ? "" : "p=" + std::string(name(asked));
  if (override) comment += (comment.empty() ? "override=" : " override=") + override->reason;
  if (override && !override->comment.empty()) comment += ": " + override->comment;
  if (!comment.empty()) out += " " + authComment(comment);
  if (!domain.empty()) out += " header.from=" + propertyValue(domain);
  return out;
}

}  // namespace ph_mailauth
