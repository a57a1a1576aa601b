#include "dkim/signature.hpp"

#include <algorithm>

#include "ph/address/domain.hpp"
#include "ph/sasl/base64.hpp"
#include "ph/text/ascii.hpp"

namespace ph_mailauth::dkim {
namespace {

using ph::text::equalsNoCase;

ph::Error invalid(std::string what) {
  return {ph::Kind::Invalid, std::move(what)};
}

ph::Status required(const TagList& tags, const char* name, std::string_view* out) {
  const Tag* tag = tags.find(name);
  if (!tag || tag->value.empty()) return invalid(std::string("no ") + name + "=");
  *out = tag->value;
  return {};
}

ph::Status readDomain(const TagList& tags, const char* name, std::string* out) {
  std::string_view value;
  if (auto s = required(tags, name, &value); !s) return s;
  auto domain = ph::address::normaliseDnsName(value);
  if (!domain) return invalid(std::string(name) + "= is no domain name");
  *out = std::move(*domain);
  return {};
}

ph::Result<Canon> canonOf(std::string_view name) {
  if (equalsNoCase(name, "simple")) return Canon::Simple;
  if (equalsNoCase(name, "relaxed")) return Canon::Relaxed;
  return invalid("unknown canonicalisation");
}

// c= header ["/" body], RFC 6376 3.5
ph::Status readCanon(const TagList& tags, Signature* out) {
  const Tag* tag = tags.find("c");
  if (!tag) return {};
  const size_t slash = tag->value.find('/');
  const auto header = canonOf(tag->value.substr(0, slash));
  if (!header) return header.error();
  out->headerCanon = *header;
  if (slash == std::string_view::npos) return {};
  const auto body = canonOf(tag->value.substr(slash + 1));
  if (!body) return body.error();
  out->bodyCanon = *body;
  return {};
}

ph::Status readHeaders(const TagList& tags, Signature* out) {
  std::string_view value;
  if (auto s = required(tags, "h", &value); !s) return s;
  for (const auto name : splitColons(value)) {
    const bool printable = std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 0x7f; });
    if (name.empty() || !printable) return invalid("h= is no list of field names");
    out->headers.emplace_back(name);
  }
  return {};
}

ph::Status readTimes(const TagList& tags, Signature* out) {
  for (const auto& [name, field] : {std::pair{"t", &out->timestamp}, std::pair{"x", &out->expiry}}) {
    const Tag* tag = tags.find(name);
    if (!tag) continue;
    const auto number = parseNumber(tag->value);
    if (!number || tag->value.size() > 12) return invalid(std::string(name) + "= is no time");
    *field = static_cast<int64_t>(*number);
  }
  if (out->timestamp && out->expiry && *out->expiry <= *out->timestamp) return invalid("x= is not after t=");
  return {};
}

// i= [local-part] "@" domain
ph::Status readIdentity(const TagList& tags, Signature* out) {
  out->identity = "@" + out->domain;
  out->identityDomain = out->domain;
  const Tag* tag = tags.find("i");
  if (!tag) return {};
  const auto text = decodeQuotedPrintable(tag->value);
  if (!text) return invalid("i= is no identity");
  const size_t at = text->rfind('@');
  if (at == std::string::npos) return invalid("i= is no identity");
  const auto domain = ph::address::normaliseDnsName(std::string_view(*text).substr(at + 1));
  if (!domain) return invalid("i= has no domain name");
  out->identity = *text;
  out->identityDomain = *domain;
  if (!isAtOrBelow(*domain, out->domain)) return invalid("i= is not below d=");
  return {};
}

// q=: at least one method must be known, RFC 6376 3.5.
ph::Status checkQuery(const TagList& tags) {
  const Tag* tag = tags.find("q");
  if (!tag) return {};
  const auto methods = splitColons(tag->value);
  const bool known = std::any_of(methods.begin(), methods.end(), [](auto m) { return equalsNoCase(m, "dns/txt"); });
  return known ? ph::Status() : invalid("q= has no known method");
}

}  // namespace

bool isAtOrBelow(std::string_view domain, std::string_view parent) {
  if (!domain.ends_with(parent)) return false;
  return domain.size() == parent.size() || domain[domain.size() - parent.size() - 1] == '.';
}

ph::Status readKeyTags(const TagList& tags, Signature* out) {
  // Domain and selector first: who reports a bad signature wants to name them.
  if (auto s = readDomain(tags, "d", &out->domain); !s) return s;
  if (auto s = readDomain(tags, "s", &out->selector); !s) return s;
  std::string_view value;
  if (auto s = required(tags, "a", &value); !s) return s;
  const auto algorithm = algorithmOf(ph::text::toLower(value));
  if (!algorithm) return invalid("unknown algorithm");
  out->algorithm = *algorithm;
  if (auto s = required(tags, "b", &value); !s) return s;
  out->signatureText = withoutBlanks(value);
  auto bytes = ph::sasl::decodeBase64(out->signatureText);
  if (!bytes || bytes->empty()) return invalid("b= is no base64");
  out->signature = std::move(*bytes);
  return {};
}

ph::Status readCommonTags(const TagList& tags, Signature* out) {
  if (auto s = readKeyTags(tags, out); !s) return s;
  std::string_view value;
  if (auto s = required(tags, "bh", &value); !s) return s;
  auto bytes = decodeBase64(value);
  if (!bytes) return invalid("bh= is no base64");
  out->bodyHash = std::move(*bytes);
  if (auto s = readCanon(tags, out); !s) return s;
  if (auto s = readHeaders(tags, out); !s) return s;
  if (const Tag* tag = tags.find("l")) {
    // RFC 6376 3.5 allows 76 digits; no body is that long.
    const bool digits = !tag->value.empty() && tag->value.size() <= 76 &&
                        std::all_of(tag->value.begin(), tag->value.end(), ph::text::isDigit);
    if (!digits) return invalid("l= is no length");
    out->length = parseNumber(tag->value).value_or(UINT64_MAX);
  }
  if (auto s = checkQuery(tags); !s) return s;
  return readTimes(tags, out);
}

ph::Result<Signature> parseSignature(std::string_view value, Signature* partial) {
  Signature out;
  const auto read = [&]() -> ph::Status {
    const auto tags = TagList::parse(value);
    if (!tags) return tags.error();
    if (auto s = readCommonTags(*tags, &out); !s) return s;
    std::string_view version;
    if (auto s = required(*tags, "v", &version); !s) return s;
    if (version != "1") return invalid("unknown version");
    return readIdentity(*tags, &out);
  };
  const auto s = read();
  if (partial) *partial = out;
  if (!s) return s.error();
  return out;
}

}  // namespace ph_mailauth::dkim
