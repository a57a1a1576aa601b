#include "dmarc/check.hpp"

#include <tuple>

#include "ph/address/domain.hpp"

namespace ph_mailauth {

namespace {

class Check {
 public:
  Check(const DmarcQuery& query, DmarcDiscovery& discovery, const std::string& author)
      : query_(query), discovery_(discovery), author_(author) {}

  DmarcResult run() {
    DmarcResult r;
    r.domain = author_;
    r.published = discovery_.find(author_);
    r.organisation = discovery_.organisation(author_);
    r.problem = r.published.problem;
    switch (r.published.status) {
      case DmarcPublished::Status::None:
        r.status = DmarcStatus::None;
        return r;
      case DmarcPublished::Status::TempError:
        r.status = DmarcStatus::TempError;
        return r;
      case DmarcPublished::Status::PermError:
        r.status = DmarcStatus::PermError;
        return r;
      case DmarcPublished::Status::Found:
        break;
    }
    const auto& record = r.published.record;
    const bool exact = r.published.domain == author_;
    const bool exists = exact || !record.nonexistentPolicy || discovery_.exists(author_);
    r.policy = record.policyFor(exact, exists);
    align(record, r);
    return r;
  }

 private:
  void align(const DmarcRecord& record, DmarcResult& r) {
    bool temporary = false;
    if (query_.spf == SpfStatus::Pass || query_.spf == SpfStatus::TempError) {
      if (isAligned(query_.spfDomain, record.strictSpf, r.organisation)) {
        (query_.spf == SpfStatus::Pass ? r.spfAligned : temporary) = true;
      }
    }
    for (const auto& signature : query_.dkim) {
      const bool passed = signature.status == DkimStatus::Pass;
      if (!passed && signature.status != DkimStatus::TempError) continue;
      if (isAligned(signature.domain, record.strictDkim, r.organisation)) (passed ? r.dkimAligned : temporary) = true;
    }
    r.status = r.spfAligned || r.dkimAligned ? DmarcStatus::Pass
               : temporary                   ? DmarcStatus::TempError
                                             : DmarcStatus::Fail;
    if (r.status == DmarcStatus::TempError) r.problem = "an aligned check could not be made";
  }

  // RFC 7489 3.1: relaxed wants the same organisational domain only.
  bool isAligned(const std::string& domain, bool strict, const std::string& organisation) {
    const auto normal = ph::address::normaliseDnsName(domain);
    if (!normal) return false;
    if (*normal == author_) return true;
    return !strict && discovery_.organisation(*normal) == organisation;
  }

  const DmarcQuery& query_;
  DmarcDiscovery& discovery_;
  const std::string& author_;
};

// Of several authors the one that is worst off speaks for all.
int rank(DmarcStatus status) {
  switch (status) {
    case DmarcStatus::Pass:
      return 0;
    case DmarcStatus::None:
      return 1;
    case DmarcStatus::PermError:
      return 2;
    case DmarcStatus::TempError:
      return 3;
    case DmarcStatus::Fail:
      break;
  }
  return 4;
}

}  // namespace

std::string_view name(DmarcStatus status) {
  switch (status) {
    case DmarcStatus::Pass:
      return "pass";
    case DmarcStatus::Fail:
      return "fail";
    case DmarcStatus::TempError:
      return "temperror";
    case DmarcStatus::PermError:
      return "permerror";
    case DmarcStatus::None:
      break;
  }
  return "none";
}

DmarcResult checkDmarc(const DmarcQuery& query, DmarcDiscovery& discovery) {
  DmarcResult out;
  if (query.authors.domains.empty() || query.authors.tooMany) {
    out.status = query.authors.tooMany ? DmarcStatus::PermError : DmarcStatus::None;
    out.problem = query.authors.tooMany      ? "too many authors"
                  : query.authors.fields > 0 ? "no author has a domain"
                                             : "there is no From field";
    return out;
  }
  for (const auto& author : query.authors.domains) {
    auto r = Check(query, discovery, author).run();
    const bool worse = std::tuple(rank(r.status), r.policy) > std::tuple(rank(out.status), out.policy);
    if (out.domain.empty() || worse) out = std::move(r);
  }
  return out;
}

DmarcPolicy dispositionOf(const DmarcResult& result, unsigned draw) {
  const auto& record = result.published.record;
  if (result.status != DmarcStatus::Fail || record.testing || draw >= record.percent) return DmarcPolicy::None;
  return result.policy;
}

}  // namespace ph_mailauth
