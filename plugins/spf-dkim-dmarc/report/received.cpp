#include "report/received.hpp"

#include "database.hpp"

namespace ph_mailauth {

namespace {

constexpr int64_t kYear = 366LL * 86400;

// What is not worth a column: for people who look closer.
std::string resultsText(const ReportRow& row) {
  std::string out;
  for (const auto& d : row.dkimResults) out += "dkim=" + d.result + " " + d.domain + " " + d.selector + "\n";
  for (const auto& s : row.spfResults) out += "spf=" + s.result + " " + s.domain + " " + s.scope + "\n";
  for (const auto& r : row.reasons) out += "reason=" + r.type + " " + r.comment + "\n";
  return out;
}

}  // namespace

ph::Status ReceivedReports::open() {
  if (db_) return {};
  auto db = openDatabase(host_);
  if (!db) return db.error();
  db_ = std::move(*db);
  return {};
}

ph::Result<bool> ReceivedReports::keep(const AggregateReport& report, int64_t now) {
  const std::lock_guard lock(mutex_);
  if (auto s = open(); !s) return s.error();
  bool fresh = false;
  const auto done = db_->transaction([&]() -> ph::Status {
    auto old = db_->query("DELETE FROM report_rows WHERE report IN (SELECT id FROM reports WHERE received < ?)")
                   .bind(now - kYear)
                   .run();
    if (!old) return old;
    if (auto s = db_->query("DELETE FROM reports WHERE received < ?").bind(now - kYear).run(); !s) return s;
    const auto added = db_->query(
                              "INSERT OR IGNORE INTO reports(domain, organisation, report, email, begin, end, policy,"
                              " received) VALUES(?,?,?,?,?,?,?,?)")
                           .text(report.domain)
                           .text(report.organisation)
                           .text(report.id)
                           .text(report.email)
                           .bind(report.begin)
                           .bind(report.end)
                           .text(report.p)
                           .bind(now)
                           .run();
    if (!added) return added;
    fresh = db_->changes() > 0;
    if (!fresh) return {};
    for (const auto& row : report.rows) {
      auto s = db_->query(
                      "INSERT INTO report_rows(report, source_ip, messages, disposition, dkim, spf, header_from,"
                      " envelope_from, results) VALUES((SELECT max(id) FROM reports),?,?,?,?,?,?,?,?)")
                   .text(row.sourceIp)
                   .bind(static_cast<int64_t>(row.count))
                   .text(row.disposition)
                   .bind(row.dkim ? 1 : 0)
                   .bind(row.spf ? 1 : 0)
                   .text(row.headerFrom)
                   .text(row.envelopeFrom)
                   .text(resultsText(row))
                   .run();
      if (!s) return s;
    }
    return {};
  });
  if (!done) return done.error();
  return fresh;
}

ph::Result<std::vector<ReportSummary>> ReceivedReports::list(const std::string& domain, int64_t since, int64_t max) {
  const std::lock_guard lock(mutex_);
  if (auto s = open(); !s) return s.error();
  auto q =
      db_->query(
             "SELECT r.domain, r.organisation, r.report, r.begin, r.end, sum(w.messages),"
             " sum(w.messages * (w.dkim OR w.spf)), sum(w.messages * w.dkim), sum(w.messages * w.spf),"
             " sum(w.messages * (w.disposition = 'quarantine')), sum(w.messages * (w.disposition = 'reject'))"
             " FROM reports r JOIN report_rows w ON w.report = r.id WHERE (?1 = '' OR r.domain = ?1) AND r.end > ?2"
             " GROUP BY r.id ORDER BY r.end DESC, r.id DESC LIMIT ?3")
          .text(domain)
          .bind(since)
          .bind(max);
  std::vector<ReportSummary> out;
  for (;;) {
    const auto row = q.step();
    if (!row) return row.error();
    if (!*row) return out;
    out.push_back({std::string(q.bytes(0)), std::string(q.bytes(1)), std::string(q.bytes(2)), q.integer(3),
                   q.integer(4), q.integer(5), q.integer(6), q.integer(7), q.integer(8), q.integer(9), q.integer(10)});
  }
}

}  // namespace ph_mailauth
