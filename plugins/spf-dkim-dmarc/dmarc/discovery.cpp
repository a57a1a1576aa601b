#include "dmarc/discovery.hpp"

#include <libpsl.h>

#include <algorithm>

namespace ph_mailauth {

namespace {

using Status = DmarcPublished::Status;

constexpr size_t kMaxWalk = 8;  // questions of one walk

const psl_ctx_t* list() {
  static const psl_ctx_t* const kList = psl_latest(nullptr);  // kept for the life of the process
  return kList;
}

size_t labels(const std::string& domain) {
  return static_cast<size_t>(std::count(domain.begin(), domain.end(), '.')) + 1;
}

std::string parentOf(const std::string& domain) {
  const size_t dot = domain.find('.');
  return dot == std::string::npos ? std::string() : domain.substr(dot + 1);
}

}  // namespace

std::string listedOrganisation(const std::string& domain) {
  const char* found = list() ? psl_registrable_domain(list(), domain.c_str()) : nullptr;
  return found ? found : domain;
}

bool isPublicSuffix(const std::string& domain) {
  return list() && psl_is_public_suffix(list(), domain.c_str()) != 0;
}

DmarcPublished DmarcDiscovery::at(const std::string& domain) {
  if (const auto k = known_.find(domain); k != known_.end()) return k->second;
  DmarcPublished out;
  out.domain = domain;
  const auto answer = resolver_.ask("_dmarc." + domain, ph::DnsType::Txt);
  out.secure = answer.security == ph::DnsAnswer::Security::Secure;
  size_t count = 0;
  std::optional<DmarcRecord> record;
  for (const auto& r : answer.records) {
    if (!DmarcRecord::is(r.value) || ++count > 1) continue;
    record = DmarcRecord::parse(r.value);
    out.text = r.value;
  }
  if (answer.temporary()) {
    out.status = Status::TempError;
    out.problem = "no answer for _dmarc." + domain;
  } else if (count > 1) {
    out.status = Status::PermError;
    out.problem = "_dmarc." + domain + " has several records";
  } else if (record) {
    out.status = Status::Found;
    out.record = std::move(*record);
  } else if (count == 1) {
    out.status = Status::PermError;
    out.problem = "the record at _dmarc." + domain + " has no policy";
  }
  known_.emplace(domain, out);
  return out;
}

std::vector<DmarcPublished> DmarcDiscovery::walk(const std::string& domain) {
  std::vector<DmarcPublished> out;
  std::string name = domain;
  for (size_t i = 0; i < kMaxWalk && !name.empty(); ++i) {
    out.push_back(at(name));
    const auto& last = out.back();
    if (last.status == Status::Found && last.record.publicSuffix != 'u') break;
    name = parentOf(name);
    while (labels(name) >= kMaxWalk) name = parentOf(name);
  }
  return out;
}

std::string DmarcDiscovery::organisationOf(const std::string& domain, const std::vector<DmarcPublished>& walked) {
  std::string top = domain;
  for (const auto& p : walked) {
    if (p.status != Status::Found) continue;
    if (p.record.publicSuffix == 'y' && p.domain != domain) {
      std::string below = domain;
      while (labels(below) > labels(p.domain) + 1) below = parentOf(below);
      return below;
    }
    top = p.domain;
  }
  return top;
}

std::string DmarcDiscovery::organisation(const std::string& domain) {
  return treeWalk_ ? organisationOf(domain, walk(domain)) : listedOrganisation(domain);
}

DmarcPublished DmarcDiscovery::find(const std::string& domain) {
  auto own = at(domain);
  // RFC 7489 6.6.3: several records at the very domain, or one that says nothing, end the search.
  if (own.status != Status::None) return own;
  if (!treeWalk_) {
    const auto organisation = listedOrganisation(domain);
    return organisation == domain ? own : at(organisation);
  }
  const auto walked = walk(domain);
  const auto organisation = organisationOf(domain, walked);
  const DmarcPublished* above = nullptr;
  for (const auto& p : walked) {
    if (p.status == Status::TempError) return p;
    if (p.status != Status::Found) continue;
    if (p.domain == organisation) return p;
    above = &p;  // the public suffix's own
  }
  return above ? *above : own;
}

bool DmarcDiscovery::exists(const std::string& domain) {
  for (const auto type : {ph::DnsType::Mx, ph::DnsType::A, ph::DnsType::Aaaa}) {
    const auto answer = resolver_.ask(domain, type);
    if (!answer.isVoid()) return true;
    if (answer.outcome == ph::DnsAnswer::Outcome::NoName) return false;
  }
  return false;
}

}  // namespace ph_mailauth
