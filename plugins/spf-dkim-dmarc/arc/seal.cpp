#include "arc/seal.hpp"

#include <algorithm>

#include "arc/verify.hpp"
#include "dkim/tag_writer.hpp"
#include "ph/header/writer.hpp"
#include "ph/sasl/base64.hpp"
#include "ph/text/ascii.hpp"

namespace ph_mailauth::arc {
namespace {

using dkim::Canon;
using ph::text::equalsNoCase;

// The instances that are there, whether or not they make a chain: RFC 8617 5.1.2 counts on from the highest.
struct Found {
  int highest = 0;
  bool failed = false;  // the highest says cv=fail
};

Found found(const dkim::HeaderFields& fields) {
  Found out;
  for (const auto* seal : fields.block().all("ARC-Seal")) {
    const auto tags = dkim::TagList::parse(seal->value);
    if (!tags) continue;
    const int i = static_cast<int>(std::min<uint64_t>(dkim::parseNumber(tags->value("i")).value_or(0), kMaxSets));
    if (i < out.highest) continue;
    out.highest = i;
    out.failed = tags->value("cv") == "fail";
  }
  return out;
}

std::vector<std::string> headersOf(const dkim::HeaderFields& fields) {
  dkim::SignOptions options;
  options.headers.push_back("DKIM-Signature");  // RFC 8617 4.1.2: should be covered
  options.sealed = {};
  return dkim::headersToSign(fields, options);
}

}  // namespace

Sealing::Sealing(dkim::Examination& message)
    : message_(message), bodyHash_(message.body().want(Canon::Relaxed, dkim::Hash::Sha256)) {}

ph::Result<std::string> Sealing::seal(const dkim::SigningKey& key, ChainValue status, const std::string& results,
                                      int64_t now) const {
  const auto& fields = message_.fields();
  const auto before = found(fields);
  if (before.failed) return ph::Error{ph::Kind::Invalid, "the chain is broken already"};
  if (before.highest >= kMaxSets) return ph::Error{ph::Kind::Invalid, "the chain is full"};
  const std::string i = std::to_string(before.highest + 1);

  ph::header::HeaderWriter writer(true);
  if (auto s = writer.add("ARC-Authentication-Results", "i=" + i + "; " + results); !s) return s.error();
  const std::string resultsField = writer.take();

  dkim::TagWriter ams("ARC-Message-Signature");
  const auto names = headersOf(fields);
  ams.add("i", i);
  ams.add("a", nameOf(key.key.algorithm()));
  ams.add("c", "relaxed/relaxed");
  ams.add("d", key.domain);
  ams.add("s", key.selector);
  ams.add("t", std::to_string(now));
  ams.addList("h", names);
  ams.addLong("bh", ph::sasl::encodeBase64(message_.body().digest(bodyHash_)));
  ams.add("b", "");
  std::string data;
  fields.append(Canon::Relaxed, names, data);
  dkim::appendUnsigned(Canon::Relaxed, ams.text(), data);
  auto signature = key.key.sign(data);
  if (!signature) return signature.error();
  ams.append(ph::sasl::encodeBase64(*signature));

  dkim::TagWriter as("ARC-Seal");
  as.add("i", i);
  as.add("a", nameOf(key.key.algorithm()));
  as.add("t", std::to_string(now));
  as.add("cv", name(before.highest == 0 ? ChainValue::None : status));
  as.add("d", key.domain);
  as.add("s", key.selector);
  as.add("b", "");
  // RFC 8617 5.1.2: the seal of a broken chain covers its own set alone.
  data.clear();
  if (before.highest > 0 && status == ChainValue::Pass) {
    const auto chain = readChain(fields);
    if (chain.status() != ChainValue::Pass) return ph::Error{ph::Kind::Invalid, "the chain does not hold"};
    for (const auto& set : chain.sets) {
      for (const auto* f : {set.results, set.signature, set.seal})
        dkim::appendCanonical(Canon::Relaxed, fields.raw(*f), data);
    }
  }
  dkim::appendCanonical(Canon::Relaxed, resultsField, data);
  dkim::appendCanonical(Canon::Relaxed, ams.text(), data);
  dkim::appendUnsigned(Canon::Relaxed, as.text(), data);
  signature = key.key.sign(data);
  if (!signature) return signature.error();
  as.append(ph::sasl::encodeBase64(*signature));
  return as.text() + "\r\n" + ams.text() + "\r\n" + resultsField;
}

}  // namespace ph_mailauth::arc
