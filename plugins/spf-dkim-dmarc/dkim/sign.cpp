#include "dkim/sign.hpp"

#include <algorithm>

#include "dkim/tag_writer.hpp"
#include "ph/sasl/base64.hpp"
#include "ph/text/ascii.hpp"

namespace ph_mailauth::dkim {

// RFC 6376 5.4.1, and the fields that mail programs show or act upon.
std::vector<std::string> SignOptions::defaultHeaders() {
  return {"From",
          "To",
          "Cc",
          "Reply-To",
          "Subject",
          "Date",
          "Message-ID",
          "In-Reply-To",
          "References",
          "MIME-Version",
          "Content-Type",
          "Sender",
          "Resent-From",
          "Resent-To",
          "Resent-Cc",
          "Resent-Date",
          "Autocrypt",
          "List-Id",
          "List-Unsubscribe",
          "List-Unsubscribe-Post",
          "List-Post",
          "List-Archive",
          "Content-ID",
          "Content-Transfer-Encoding"};
}

std::vector<std::string> SignOptions::defaultSealed() {
  return {"From",       "To",          "Cc",         "Reply-To",     "Subject",      "Date",
          "Message-ID", "In-Reply-To", "References", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"};
}

std::string encodeQuotedPrintable(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (u > 0x20 && u < 0x7f && c != ';' && c != '=' && c != '|' && c != ':') {
      out += c;
    } else {
      out += '=';
      out += kHex[u >> 4];
      out += kHex[u & 15];
    }
  }
  return out;
}

std::vector<std::string> headersToSign(const HeaderFields& fields, const SignOptions& options) {
  std::vector<std::string> out;
  const auto sealed = [&](const std::string& name) {
    return std::any_of(options.sealed.begin(), options.sealed.end(),
                       [&](const auto& s) { return ph::text::equalsNoCase(s, name); });
  };
  const auto add = [&](const std::string& name) {
    const auto same = [&](const auto& o) { return ph::text::equalsNoCase(o, name); };
    if (std::any_of(out.begin(), out.end(), same)) return;
    const size_t n = fields.count(name) + (sealed(name) ? 1 : 0);
    out.insert(out.end(), n, name);
  };
  for (const auto& name : options.headers) add(name);
  for (const auto& name : options.sealed) add(name);
  return out;
}

Signing::Signing(Examination& message, const SignOptions& options)
    : message_(message),
      options_(options),
      bodyHash_(message.body().want(options.bodyCanon, Hash::Sha256, options.length)) {}

ph::Result<std::string> Signing::sign(const SigningKey& key) const {
  if (message_.fields().count("From") != 1) return ph::Error{ph::Kind::Invalid, "not exactly one From field"};
  const auto names = headersToSign(message_.fields(), options_);
  TagWriter field("DKIM-Signature");
  field.add("v", "1");
  field.add("a", nameOf(key.key.algorithm()));
  field.add("d", key.domain);
  field.add("s", key.selector);
  field.add("c", std::string(nameOf(options_.headerCanon)) + "/" + std::string(nameOf(options_.bodyCanon)));
  if (options_.identity) field.add("i", encodeQuotedPrintable(*options_.identity));
  if (options_.timestamp) {
    field.add("t", std::to_string(*options_.timestamp));
    if (options_.lifetime) field.add("x", std::to_string(*options_.timestamp + *options_.lifetime));
  }
  if (options_.length) field.add("l", std::to_string(*options_.length));
  field.addList("h", names);
  field.addLong("bh", ph::sasl::encodeBase64(message_.body().digest(bodyHash_)));
  // RFC 6376 3.7: what is signed is the field with an empty b=. The folding of b= counts as its value, so it is free.
  field.add("b", "");
  std::string data;
  message_.fields().append(options_.headerCanon, names, data);
  appendUnsigned(options_.headerCanon, field.text(), data);
  const auto signature = key.key.sign(data);
  if (!signature) return signature.error();
  field.append(ph::sasl::encodeBase64(*signature));
  return field.text() + "\r\n";
}

ph::Result<std::string> sign(const Octets& message, const std::vector<SigningKey>& keys, const SignOptions& options) {
  auto examination = Examination::begin(message);
  if (!examination) return examination.error();
  const Signing signing(**examination, options);
  if (auto s = (*examination)->readBody(); !s) return s.error();
  std::string out;
  for (const auto& key : keys) {
    auto field = signing.sign(key);
    if (!field) return field.error();
    out += *field;
  }
  return out;
}

}  // namespace ph_mailauth::dkim
