#include "testkit/dns.hpp"

#include <ph/draft/host/jobs.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "ph/text.hpp"
#include "ph/text/ascii.hpp"

namespace ph::testkit {

namespace {

struct Question {
  std::string name;
  int type = 0;
  DnsEntry entry;
  void (*fn)(void*, const ph_dns_answer*) = nullptr;
  void* ctx = nullptr;
};

void answer(void* ctx) {
  const std::unique_ptr<Question> q(static_cast<Question*>(ctx));
  std::vector<ph_dns_record> records;
  for (const std::string& value : q->entry.values) {
    auto r = sized<ph_dns_record>();
    r.type = static_cast<uint16_t>(q->type);
    r.ttl = 300;
    r.value = str(value);
    if (const size_t blank = value.find(' '); q->type == PH_DNS_MX && blank != std::string::npos) {
      r.preference = static_cast<uint16_t>(std::atoi(value.c_str()));
      r.value = str(std::string_view(value).substr(blank + 1));
    }
    records.push_back(r);
  }
  auto a = sized<ph_dns_answer>();
  a.outcome = q->entry.outcome;
  a.security = q->entry.security;
  a.records = records.data();
  a.count = records.size();
  a.name = str(q->name);
  a.text = str("scripted");
  q->fn(q->ctx, &a);
}

DnsEntry entryOf(const Dns& dns, const std::string& name, int type) {
  if (const auto i = dns.entries.find({name, type}); i != dns.entries.end()) return i->second;
  const bool exists =
      std::any_of(dns.entries.begin(), dns.entries.end(), [&](const auto& e) { return e.first.first == name; });
  return {exists ? PH_DNS_NO_DATA : PH_DNS_NO_NAME, {}, PH_DNS_INSECURE};
}

}  // namespace

Dns::Dns() : table_(sized<ph_dns>()) {
  table_.query = [](const ph_host* host, ph_str name, int32_t type, uint32_t, void (*fn)(void*, const ph_dns_answer*),
                    void* ctx) -> ph_status {
    auto& dns = *const_cast<Dns*>(static_cast<const Dns*>(host->get(host, kId)));
    auto q = std::make_unique<Question>();
    q->name = ph::text::toLower(view(name));
    q->type = type;
    q->entry = entryOf(dns, q->name, type);
    q->fn = fn;
    q->ctx = ctx;
    dns.asked.push_back(q->name + " " + std::to_string(type));
    if (dns.atOnce) {
      answer(q.release());
      return PH_OK;
    }
    const auto* jobs = static_cast<const ph_jobs*>(host->get(host, PH_IF_JOBS));
    const ph_status s = jobs->run(host, PH_POOL_HOOK, &answer, q.get());
    if (s == PH_OK) (void)q.release();  // answer() frees it
    return s;
  };
}

}  // namespace ph::testkit
