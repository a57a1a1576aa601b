#include "arc/chain.hpp"

#include <algorithm>
#include <optional>

#include "ph/text/ascii.hpp"

namespace ph_mailauth::arc {
namespace {

using dkim::TagList;
using ph::text::equalsNoCase;
using ph::text::trim;

ph::Error broken(std::string why) {
  return {ph::Kind::Invalid, std::move(why)};
}

// position = 1*2DIGIT, 1 to 50
ph::Result<int> instance(std::string_view value) {
  const auto number = dkim::parseNumber(value);
  if (!number || *number < 1 || *number > kMaxSets || value.size() > 2) return broken("an instance that can't be");
  return static_cast<int>(*number);
}

ph::Result<int> instanceOf(const TagList& tags) {
  const auto* i = tags.find("i");
  if (!i) return broken("no i=");
  return instance(i->value);
}

std::optional<ChainValue> chainValue(std::string_view text) {
  for (const auto v : {ChainValue::None, ChainValue::Pass, ChainValue::Fail}) {
    if (name(v) == text) return v;
  }
  return std::nullopt;
}

// arc-authres-header: "i=N; " and then as in Authentication-Results; not a tag list as a whole.
ph::Result<int> readResults(const ph::header::Field& field, Set* out) {
  const size_t end = field.value.find(';');
  if (end == std::string_view::npos) return broken("ARC-Authentication-Results without i=");
  const auto tags = TagList::parse(field.value.substr(0, end));
  if (!tags) return broken("ARC-Authentication-Results without i=");
  out->results = &field;
  out->resultsText = ph::header::unfold(field.value.substr(end + 1));
  return instanceOf(*tags);
}

ph::Result<int> readSignature(const ph::header::Field& field, Set* out) {
  const auto tags = TagList::parse(field.value);
  if (!tags) return broken("ARC-Message-Signature: " + tags.error().text);
  if (auto s = dkim::readCommonTags(*tags, &out->signatureTags); !s)
    return broken("ARC-Message-Signature: " + s.error().text);
  for (const auto& h : out->signatureTags.headers) {
    // RFC 8617 4.1.2: what others add later must not be signed.
    if (equalsNoCase(h, "ARC-Authentication-Results") || equalsNoCase(h, "ARC-Message-Signature") ||
        equalsNoCase(h, "ARC-Seal"))
      return broken("ARC-Message-Signature signs fields of ARC");
  }
  out->signature = &field;
  return instanceOf(*tags);
}

ph::Result<int> readSeal(const ph::header::Field& field, Set* out) {
  const auto tags = TagList::parse(field.value);
  if (!tags) return broken("ARC-Seal: " + tags.error().text);
  if (auto s = dkim::readKeyTags(*tags, &out->sealTags); !s) return broken("ARC-Seal: " + s.error().text);
  // RFC 8617 4.1.3: what a seal covers is fixed.
  if (tags->find("h") || tags->find("bh")) return broken("ARC-Seal with h= or bh=");
  const auto cv = chainValue(tags->value("cv"));
  if (!cv) return broken("ARC-Seal without cv=");
  out->cv = *cv;
  out->seal = &field;
  return instanceOf(*tags);
}

}  // namespace

std::string_view name(ChainValue value) {
  return value == ChainValue::None ? "none" : value == ChainValue::Pass ? "pass" : "fail";
}

Chain readChain(const dkim::HeaderFields& fields) {
  Chain chain;
  const auto fail = [&](std::string why) {
    chain.problem = std::move(why);
    return chain;
  };
  std::vector<Set> found(kMaxSets + 1);
  int most = 0;
  for (const auto& field : fields.block().fields()) {
    const bool isResults = equalsNoCase(field.name, "ARC-Authentication-Results");
    const bool isSignature = equalsNoCase(field.name, "ARC-Message-Signature");
    if (!isResults && !isSignature && !equalsNoCase(field.name, "ARC-Seal")) continue;
    Set one;
    const auto i = isResults     ? readResults(field, &one)
                   : isSignature ? readSignature(field, &one)
                                 : readSeal(field, &one);
    if (!i) return fail(i.error().text);
    Set& set = found[static_cast<size_t>(*i)];
    most = std::max(most, *i);
    if ((isResults && set.results) || (isSignature && set.signature) || (one.seal && set.seal))
      return fail("two fields of one kind with i=" + std::to_string(*i));
    if (isResults) {
      set.results = one.results;
      set.resultsText = std::move(one.resultsText);
    } else if (isSignature) {
      set.signature = one.signature;
      set.signatureTags = std::move(one.signatureTags);
    } else {
      set.seal = one.seal;
      set.sealTags = std::move(one.sealTags);
      set.cv = one.cv;
    }
  }
  for (int i = 1; i <= most; ++i) {
    Set& set = found[static_cast<size_t>(i)];
    const std::string which = "the set with i=" + std::to_string(i);
    if (!set.results || !set.signature || !set.seal) return fail(which + " is not complete");
    if (i < most || set.cv != ChainValue::Fail) {
      // RFC 8617 5.2: the first has none before it, the others saw one that held.
      if (set.cv != (i == 1 ? ChainValue::None : ChainValue::Pass)) return fail(which + " has an impossible cv=");
    } else {
      return fail("the last sealer found the chain broken");
    }
    chain.sets.push_back(std::move(set));
  }
  return chain;
}

bool saysPass(std::string_view results, std::string_view method) {
  // The authserv-id first, then entries; quoted strings may hold semicolons.
  size_t at = results.find(';');
  while (at != std::string_view::npos) {
    size_t end = at + 1;
    for (bool quoted = false; end < results.size() && (quoted || results[end] != ';'); ++end) {
      if (results[end] == '"') quoted = !quoted;
      if (results[end] == '\\') ++end;
    }
    end = std::min(end, results.size());
    const auto entry = trim(results.substr(at + 1, end - at - 1));
    const size_t equals = entry.find('=');
    if (equals != std::string_view::npos && equalsNoCase(trim(entry.substr(0, equals)), method)) {
      auto value = trim(entry.substr(equals + 1));
      value = value.substr(0, std::min(value.find_first_of(" \t("), value.size()));
      if (equalsNoCase(value, "pass")) return true;
    }
    at = end < results.size() ? end : std::string_view::npos;
  }
  return false;
}

}  // namespace ph_mailauth::arc
