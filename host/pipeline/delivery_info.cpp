#include "pipeline/delivery_info.hpp"

#include <algorithm>

#include "base/org_domain.hpp"
#include "ph/address/addr_spec.hpp"
#include "ph/address/domain.hpp"
#include "ph/address/list.hpp"
#include "ph/header/block.hpp"

namespace posthouse::pipeline {
namespace {

using store::Validation;

store::MailAddress addressOf(std::string_view path) {
  const auto parsed = ph::address::parseAddrSpec(path);
  return parsed ? store::MailAddress{parsed->localpart, parsed->domain} : store::MailAddress{};
}

// The result words of RFC 8601 2.7.
Validation validationOf(std::string_view word) {
  constexpr std::pair<std::string_view, Validation> kWords[] = {{"pass", Validation::Pass},
                                                                {"neutral", Validation::Neutral},
                                                                {"temperror", Validation::TempError},
                                                                {"permerror", Validation::PermError},
                                                                {"fail", Validation::Fail},
                                                                {"softfail", Validation::SoftFail},
                                                                {"none", Validation::None}};
  for (const auto& [name, value] : kWords)
    if (name == word) return value;
  return Validation::Unknown;
}

// "pass:example.org fail:example.net" -> example.org
std::vector<std::string> passedDomains(std::string_view list) {
  constexpr std::string_view kPass = "pass:";
  std::vector<std::string> domains;
  while (!list.empty()) {
    const auto word = list.substr(0, list.find(' '));
    list.remove_prefix(std::min(word.size() + 1, list.size()));
    if (word.substr(0, kPass.size()) != kPass) continue;
    const auto domain = ph::address::normaliseDomain(word.substr(kPass.size()));
    if (domain && std::find(domains.begin(), domains.end(), *domain) == domains.end()) domains.push_back(*domain);
  }
  return domains;
}

// The author is who the message says when DMARC passes; without a DMARC record, when a validated domain is aligned.
Validation authorValidation(const store::DeliveryInfo& info, std::string_view dmarc) {
  if (dmarc == "pass") return Validation::Dmarc;
  if (dmarc == "fail" || dmarc == "temperror" || dmarc == "permerror") return validationOf(dmarc);
  auto domains = info.dkimDomains;
  if (info.mailFromValidation == Validation::Pass) domains.push_back(info.mailFrom.domain);
  if (info.from.domain.empty()) return Validation::None;
  auto best = dmarc.empty() && domains.empty() ? Validation::Unknown : Validation::None;
  for (const auto& domain : domains) {
    if (domain == info.from.domain) return Validation::Strict;
    if (organisationalDomain(domain) == info.fromOrgDomain) best = Validation::Relaxed;
  }
  return best;
}

}  // namespace

std::string_view factOf(const Transaction& txn, std::string_view name) {
  const auto it = txn.facts.find(name);
  return it == txn.facts.end() ? std::string_view() : std::string_view(it->second);
}

std::string headerOf(const mail::Message& message) {
  std::string text(std::min<uint64_t>(message.length(), ph::header::kMaxBlock), '\0');
  size_t got = 0;
  for (size_t n = 1; n != 0 && got < text.size(); got += n) {
    if (message.read(got, text.data() + got, text.size() - got, &n) != PH_OK) break;
  }
  text.resize(std::min(got, ph::header::findEnd(std::string_view(text).substr(0, got)).bodyStart));
  return text;
}

store::MailAddress authorOf(const mail::Message& message) {
  const auto header = headerOf(message);
  const ph::header::Block block(header);
  for (const auto& mailbox : ph::address::mailboxes(ph::address::parseList(block.value("From")))) {
    if (const auto domain = ph::address::normaliseDomain(mailbox.domain)) return {mailbox.localpart, *domain};
  }
  return {};
}

store::DeliveryInfo deliveryInfo(const Transaction& txn, const Recipient& rcpt) {
  store::DeliveryInfo info;
  info.remoteIp = txn.remoteIp;
  info.heloDomain = ph::address::normaliseDomain(txn.helo).valueOr("");
  info.mailFrom = addressOf(txn.reversePath);
  info.rcptTo = addressOf(rcpt.forwardPath);
  if (txn.message) info.from = authorOf(*txn.message.get());
  info.fromOrgDomain = organisationalDomain(info.from.domain);
  info.heloValidation = validationOf(factOf(txn, "auth.spf.helo"));
  info.mailFromValidation = validationOf(factOf(txn, "auth.spf"));
  info.dkimDomains = passedDomains(factOf(txn, "auth.dkim"));
  info.fromValidation = authorValidation(info, factOf(txn, "auth.dmarc"));
  info.tlsVersion = txn.tlsVersion;
  info.tlsCipher = txn.tlsCipher;
  info.requireTls = factOf(txn, "smtp.requiretls") == "1";
  return info;
}

}  // namespace posthouse::pipeline
