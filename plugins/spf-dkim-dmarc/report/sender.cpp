#include "report/sender.hpp"

#include <algorithm>

#include "report/write.hpp"

namespace ph_mailauth {

namespace {

constexpr int64_t kHour = 3600;
constexpr int64_t kKept = 48 * kHour;
constexpr int64_t kSpread = 45 * 60;  // so that not all domains get their reports at the same moment

// Different for each domain, the same each time.
int64_t delayOf(const std::string& domain) {
  uint32_t hash = 2166136261U;  // FNV-1a
  for (const char c : domain) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash % kSpread;
}

std::string alignment(bool strict) {
  return strict ? "s" : "r";
}

AggregateReport frameOf(const std::string& domain, const DmarcRecord& record, bool treeWalk) {
  AggregateReport r;
  r.domain = domain;
  r.adkim = alignment(record.strictDkim);
  r.aspf = alignment(record.strictSpf);
  r.p = name(record.policy);
  if (record.subdomainPolicy) r.sp = name(*record.subdomainPolicy);
  if (record.nonexistentPolicy) r.np = name(*record.nonexistentPolicy);
  if (record.testing) r.testing = "y";
  r.fo = record.failureOptions;
  r.discovery = treeWalk ? "treewalk" : "psl";
  return r;
}

}  // namespace

int64_t reportPeriod(uint32_t interval) {
  for (const int64_t hours : {24, 12, 8, 6, 4, 3, 2}) {
    if (interval >= hours * kHour) return hours * kHour;
  }
  return kHour;
}

ph::Status ReportSender::run(const SenderSettings& settings, Resolver& resolver) {
  const auto domains = evaluations_.domains(settings.now);
  if (!domains) return domains.error();
  for (const auto& d : *domains) {
    if (auto s = domain(d, settings, resolver); !s) tell_(d, s.error().text);
  }
  return evaluations_.dropBefore(settings.now - kKept);
}

ph::Status ReportSender::domain(const std::string& domain, const SenderSettings& settings, Resolver& resolver) {
  // A few periods at most: rows are two days old at most.
  for (int i = 0; i < 50; ++i) {
    const auto due = evaluations_.oldest(domain);
    if (!due) return due.error().kind == ph::Kind::NotFound ? ph::Status() : ph::Status(due.error());
    const auto record = DmarcRecord::parse(due->record);
    const int64_t length = reportPeriod(record ? record->interval : 86400);
    const int64_t begin = due->first - due->first % length, end = begin + length;
    if (settings.now < end + delayOf(domain)) return {};
    if (due->needed) {
      if (auto s = period(domain, *due, begin, end, settings, resolver); !s) return s;
    }
    if (auto s = evaluations_.drop(domain, end); !s) return s;
  }
  return {};
}

ph::Status ReportSender::period(const std::string& domain, const Evaluations::Period& due, int64_t begin, int64_t end,
                                const SenderSettings& settings, Resolver& resolver) {
  // What is wanted now counts, not what was when the mail came.
  DmarcDiscovery discovery(resolver, due.treeWalk);
  const auto published = discovery.find(domain);
  if (published.status == DmarcPublished::Status::TempError) return ph::Error{ph::Kind::Temporary, published.problem};
  if (published.status != DmarcPublished::Status::Found || published.domain != domain) {
    tell_(domain, "there is no DMARC record any more");
    return {};
  }
  std::vector<std::string> problems;
  auto to = destinationsOf(domain, published.record, discovery, resolver, &problems);
  for (const auto& p : problems) tell_(domain, p);
  for (auto d = to.begin(); d != to.end();) {
    const auto suppressed = evaluations_.isSuppressed(d->address, settings.now);
    if (!suppressed) return suppressed.error();
    d = *suppressed ? to.erase(d) : d + 1;
  }
  if (to.empty()) return {};
  auto rows = evaluations_.rows(domain, begin, end);
  if (!rows) return rows.error();
  if (rows->empty()) return {};
  AggregateReport report = frameOf(domain, DmarcRecord::parse(due.record).value_or(published.record), due.treeWalk);
  report.organisation = settings.hostname;
  report.email = settings.from;
  report.id = domain + "." + std::to_string(begin) + "." + std::to_string(end) + "@" + settings.hostname;
  report.begin = begin;
  report.end = end - 1;
  report.rows = std::move(*rows);
  return send(report, to, settings);
}

ph::Status ReportSender::send(const AggregateReport& report, const std::vector<Destination>& to,
                              const SenderSettings& settings) {
  const auto gzip = gzipped(reportXml(report));
  if (!gzip) return gzip.error();
  ReportMail mail;
  mail.from = settings.from;
  mail.submitter = settings.hostname;
  mail.now = settings.now;
  const auto post = [&](const std::string& address, const ph::Result<std::string>& message) -> ph::Status {
    if (!message) return message.error();
    return post_(settings.from, address, *message, 0);
  };
  size_t number = 0, sent = 0, encoded = gzip->size() / 3 * 4;
  const auto next = [&](const std::string& address) {
    mail.to = address;
    mail.messageId = "<" + std::to_string(++number) + "." + report.id + ">";
  };
  for (const auto& d : to) {
    if (d.maxSize != 0 && encoded > d.maxSize) continue;
    next(d.address);
    if (auto s = post(d.address, composeReport(mail, report, *gzip)); !s) return s;
    ++sent;
  }
  if (sent > 0) {
    tell_(report.domain, "report sent: " + report.id);
    return {};
  }
  for (const auto& d : to) {
    next(d.address);
    if (auto s = post(d.address, composeTooLarge(mail, report, encoded)); !s) return s;
  }
  tell_(report.domain, "the report is too large for all who want it");
  return {};
}

}  // namespace ph_mailauth
