// Questions to the domain name system, asked from C++. RFC 1035, 4035.
// Guarantees: an answer owns its texts. Threads: any; lookUp() blocks, so it is for jobs and hooks, never for a
// session.
#pragma once

#include <ph/draft/host/dns.h>

#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ph/guard.hpp"
#include "ph/host.hpp"

namespace ph {

enum class DnsType : int32_t {
  A = PH_DNS_A,
  Aaaa = PH_DNS_AAAA,
  Mx = PH_DNS_MX,
  Txt = PH_DNS_TXT,
  Tlsa = PH_DNS_TLSA,
  Ptr = PH_DNS_PTR,
  Cname = PH_DNS_CNAME,
  Ns = PH_DNS_NS,
  Srv = PH_DNS_SRV,
  Caa = PH_DNS_CAA,
};

struct DnsRecord {
  int preference = 0;  // MX; SRV: priority; CAA: flags
  uint32_t ttl = 0;
  std::string value;  // see ph_dns_record
  int weight = 0;     // SRV
  int port = 0;       // SRV
};

struct DnsAnswer {
  enum class Outcome { Found = PH_DNS_FOUND, NoData, NoName, Temporary };
  enum class Security { Indeterminate = PH_DNS_INDETERMINATE, Insecure, Secure, Bogus };
  Outcome outcome = Outcome::Temporary;
  Security security = Security::Indeterminate;
  std::vector<DnsRecord> records;
  std::string name;
  std::string text;

  bool found() const { return outcome == Outcome::Found && !records.empty(); }
  bool temporary() const { return outcome == Outcome::Temporary; }
  // Nothing there: what RFC 7208 4.6.4 calls a void lookup.
  bool isVoid() const { return outcome == Outcome::NoData || outcome == Outcome::NoName; }

  static DnsAnswer from(const ph_dns_answer& a) {
    DnsAnswer out;
    // What this version does not know is no answer to build on.
    if (a.outcome >= PH_DNS_FOUND && a.outcome <= PH_DNS_TEMPORARY) out.outcome = static_cast<Outcome>(a.outcome);
    if (a.security >= 0 && a.security <= PH_DNS_BOGUS) out.security = static_cast<Security>(a.security);
    out.name = view(a.name);
    out.text = view(a.text);
    const auto* at = reinterpret_cast<const char*>(a.records);
    for (size_t i = 0; i < a.count; ++i) {
      const auto& r = *reinterpret_cast<const ph_dns_record*>(at);
      const bool srv = r.size >= offsetof(ph_dns_record, port) + sizeof r.port;
      out.records.push_back({r.preference, r.ttl, std::string(view(r.value)), srv ? r.weight : 0, srv ? r.port : 0});
      at += r.size;  // a newer host's records may be longer
    }
    return out;
  }
};

// How often a check may ask, and in vain: DnsBudget(10, 2) is what RFC 7208 4.6.4 grants the terms of an SPF record.
class DnsBudget {
 public:
  DnsBudget(unsigned questions, unsigned voids) : questions_(questions), voids_(voids) {}
  // Before a question (or a term that asks). False: there have been enough.
  bool take() { return questions_ > 0 && questions_-- > 0; }
  // After an answer. False: this was one void lookup too many.
  bool note(const DnsAnswer& answer) { return !answer.isVoid() || (voids_ > 0 && voids_-- > 0); }

 private:
  unsigned questions_;
  unsigned voids_;
};

class Dns {
 public:
  // Without ph.dns/1 it is false, and must not be asked.
  explicit Dns(const Host& host) : host_(host), api_(host.get<ph_dns>(PH_IF_DNS)) {}
  explicit operator bool() const { return api_ != nullptr; }

  // Calls `then` once, on any thread, possibly at once. A question that could not be asked is a temporary failure.
  // `call`: the running hook it is asked for, see ph_dns.query_in.
  using Then = std::function<void(DnsAnswer)>;
  void query(std::string_view name, DnsType type, uint32_t deadlineMs, Then then, const ph_call* call = nullptr) const {
    auto waiting = std::make_unique<Waiting>(Waiting{&host_, std::move(then)});
    const auto number = static_cast<int32_t>(type);
    const ph_status s = call && PH_HAS(api_, query_in)
                            ? api_->query_in(host_.raw(), call, str(name), number, deadlineMs, &answered, waiting.get())
                            : api_->query(host_.raw(), str(name), number, deadlineMs, &answered, waiting.get());
    if (s == PH_OK) {
      (void)waiting.release();  // answered() has it, or will
      return;
    }
    DnsAnswer none;
    if (s == PH_E_INVALID) none.outcome = DnsAnswer::Outcome::NoName;
    if (s == PH_E_LIMIT) none.text = "too many questions";
    waiting->then(std::move(none));
  }

  DnsAnswer lookUp(std::string_view name, DnsType type, uint32_t deadlineMs = 0, const ph_call* call = nullptr) const {
    // Shared: set_value() may still be at work in it when get() returns.
    const auto promise = std::make_shared<std::promise<DnsAnswer>>();
    auto future = promise->get_future();
    query(
        name, type, deadlineMs, [promise](DnsAnswer a) { promise->set_value(std::move(a)); }, call);
    return future.get();
  }

 private:
  struct Waiting {
    const Host* host;
    Then then;
  };
  static void answered(void* ctx, const ph_dns_answer* answer) {
    const std::unique_ptr<Waiting> waiting(static_cast<Waiting*>(ctx));
    guardVoid(waiting->host, "DNS answer", [&] { waiting->then(DnsAnswer::from(*answer)); });
  }

  const Host& host_;
  const ph_dns* const api_;
};

}  // namespace ph
