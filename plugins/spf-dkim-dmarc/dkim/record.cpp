#include "dkim/record.hpp"

#include <algorithm>

#include "dkim/tag_list.hpp"
#include "ph/sasl/base64.hpp"
#include "ph/text/ascii.hpp"

namespace ph_mailauth::dkim {
namespace {

using ph::text::equalsNoCase;

ph::Error invalid(const char* what) {
  return {ph::Kind::Invalid, what};
}

bool contains(const std::vector<std::string_view>& words, std::string_view word) {
  return std::any_of(words.begin(), words.end(), [&](auto w) { return equalsNoCase(w, word); });
}

}  // namespace

bool looksLikeRecord(std::string_view text) {
  const auto tags = TagList::parse(text);
  return tags && (tags->find("p") || tags->value("v") == "DKIM1");
}

ph::Result<Record> parseRecord(std::string_view text) {
  const auto tags = TagList::parse(text);
  if (!tags) return tags.error();
  Record out;
  // RFC 6376 3.6.1: v= must be the first tag, and "DKIM1".
  if (const Tag* v = tags->find("v")) {
    if (v->value != "DKIM1") return invalid("unknown version");
    if (v != &tags->tags().front()) return invalid("v= is not the first tag");
  }
  if (const Tag* k = tags->find("k")) {
    if (equalsNoCase(k->value, "ed25519")) {
      out.type = KeyType::Ed25519;
    } else if (!equalsNoCase(k->value, "rsa")) {
      return invalid("unknown key type");
    }
  }
  if (const Tag* h = tags->find("h")) {
    const auto words = splitColons(h->value);
    out.anyHash = false;
    out.sha1 = contains(words, "sha1");
    out.sha256 = contains(words, "sha256");
  }
  if (const Tag* s = tags->find("s")) {
    const auto words = splitColons(s->value);
    out.email = contains(words, "*") || contains(words, "email");
  }
  if (const Tag* t = tags->find("t")) {
    const auto words = splitColons(t->value);
    out.testing = contains(words, "y");
    out.strict = contains(words, "s");
  }
  out.notes = std::string(tags->value("n"));
  const Tag* p = tags->find("p");
  if (!p) return invalid("no p=");
  auto key = decodeBase64(p->value);
  if (!key) return invalid("p= is no base64");
  out.key = std::move(*key);
  return out;
}

std::string formatRecord(KeyType type, std::string_view key) {
  return "v=DKIM1; k=" + std::string(nameOf(type)) + "; p=" + ph::sasl::encodeBase64(key);
}

}  // namespace ph_mailauth::dkim
