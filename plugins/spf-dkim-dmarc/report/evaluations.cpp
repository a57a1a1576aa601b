#include "report/evaluations.hpp"

#include <algorithm>
#include <sstream>

#include "database.hpp"

namespace ph_mailauth {

namespace {

// "domain selector result" in each line.
std::string dkimText(const std::vector<ReportedDkim>& results) {
  std::string out;
  for (const auto& d : results) out += d.domain + " " + (d.selector.empty() ? "-" : d.selector) + " " + d.result + "\n";
  return out;
}

std::vector<ReportedDkim> dkimResultsOf(std::string_view text) {
  std::vector<ReportedDkim> out;
  std::istringstream in{std::string(text)};
  for (ReportedDkim d; in >> d.domain >> d.selector >> d.result;) {
    if (d.selector == "-") d.selector.clear();
    out.push_back(d);
  }
  return out;
}

}  // namespace

ph::Status Evaluations::open() {
  if (db_) return {};
  auto db = openDatabase(host_);
  if (!db) return db.error();
  db_ = std::move(*db);
  return {};
}

ph::Status Evaluations::note(const Evaluation& e) {
  const std::lock_guard lock(mutex_);
  if (auto s = open(); !s) return s;
  const ReportReason reason = e.row.reasons.empty() ? ReportReason() : e.row.reasons.front();
  const ReportedSpf spf = e.row.spfResults.empty() ? ReportedSpf() : e.row.spfResults.front();
  return db_
      ->query(
          "INSERT OR IGNORE INTO evaluations(key, at, domain, record, tree_walk, optional, source_ip,"
          " disposition, dkim, spf, reason, comment, header_from, envelope_from, dkim_results, spf_domain,"
          " spf_scope, spf_result) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")
      .text(e.key)
      .bind(e.at)
      .text(e.domain)
      .text(e.record)
      .bind(e.treeWalk ? 1 : 0)
      .bind(e.optional ? 1 : 0)
      .text(e.row.sourceIp)
      .text(e.row.disposition)
      .bind(e.row.dkim ? 1 : 0)
      .bind(e.row.spf ? 1 : 0)
      .text(reason.type)
      .text(reason.comment)
      .text(e.row.headerFrom)
      .text(e.row.envelopeFrom)
      .text(dkimText(e.row.dkimResults))
      .text(spf.domain)
      .text(spf.scope)
      .text(spf.result)
      .run();
}

ph::Result<std::vector<std::string>> Evaluations::domains(int64_t before) {
  const std::lock_guard lock(mutex_);
  if (auto s = open(); !s) return s.error();
  auto q = db_->query("SELECT DISTINCT domain FROM evaluations WHERE at < ? ORDER BY domain").bind(before);
  std::vector<std::string> out;
  for (;;) {
    const auto row = q.step();
    if (!row) return row.error();
    if (!*row) return out;
    out.emplace_back(q.bytes(0));
  }
}

ph::Result<Evaluations::Period> Evaluations::oldest(const std::string& domain) {
  const std::lock_guard lock(mutex_);
  if (auto s = open(); !s) return s.error();
  auto q = db_->query(
                  "SELECT record, tree_walk, (SELECT min(at) FROM evaluations WHERE domain = ?1),"
                  " EXISTS(SELECT 1 FROM evaluations WHERE domain = ?1 AND NOT optional)"
                  " FROM evaluations WHERE domain = ?1 ORDER BY at DESC LIMIT 1")
               .text(domain);
  const auto row = q.step();
  if (!row) return row.error();
  if (!*row) return ph::Error{ph::Kind::NotFound, "nothing to report"};
  return Period{std::string(q.bytes(0)), q.integer(1) != 0, q.integer(2), q.integer(3) != 0};
}

ph::Result<std::vector<ReportRow>> Evaluations::rows(const std::string& domain, int64_t from, int64_t to) {
  const std::lock_guard lock(mutex_);
  if (auto s = open(); !s) return s.error();
  auto q = db_->query(
                  "SELECT source_ip, count(*), disposition, dkim, spf, reason, comment, header_from, envelope_from,"
                  " dkim_results, spf_domain, spf_scope, spf_result FROM evaluations"
                  " WHERE domain = ? AND at >= ? AND at < ? GROUP BY source_ip, disposition, dkim, spf, reason,"
                  " comment, header_from, envelope_from, dkim_results, spf_domain, spf_scope, spf_result"
                  " ORDER BY 2 DESC, 1")
               .text(domain)
               .bind(from)
               .bind(to);
  std::vector<ReportRow> out;
  for (;;) {
    const auto row = q.step();
    if (!row) return row.error();
    if (!*row) return out;
    auto& r = out.emplace_back();
    r.sourceIp = q.bytes(0);
    r.count = static_cast<uint64_t>(q.integer(1));
    r.disposition = q.bytes(2);
    r.dkim = q.integer(3) != 0;
    r.spf = q.integer(4) != 0;
    if (!q.bytes(5).empty()) {
      ReportReason reason;
      reason.type = q.bytes(5);
      reason.comment = q.bytes(6);
      r.reasons.push_back(std::move(reason));
    }
    r.headerFrom = q.bytes(7);
    r.envelopeFrom = q.bytes(8);
    r.dkimResults = dkimResultsOf(q.bytes(9));
    ReportedSpf spf;
    spf.domain = q.bytes(10);
    spf.scope = q.bytes(11);
    spf.result = q.bytes(12);
    r.spfResults.push_back(std::move(spf));
  }
}

ph::Status Evaluations::drop(const std::string& domain, int64_t to) {
  const std::lock_guard lock(mutex_);
  if (auto s = open(); !s) return s;
  return db_->query("DELETE FROM evaluations WHERE domain = ? AND at < ?").text(domain).bind(to).run();
}

ph::Status Evaluations::dropBefore(int64_t time) {
  const std::lock_guard lock(mutex_);
  if (auto s = open(); !s) return s;
  return db_->query("DELETE FROM evaluations WHERE at < ?").bind(time).run();
}

ph::Status Evaluations::suppress(const Suppression& s) {
  const std::lock_guard lock(mutex_);
  if (auto opened = open(); !opened) return opened;
  return db_->query("INSERT OR REPLACE INTO suppressions(address, until, comment) VALUES(?,?,?)")
      .text(s.address)
      .bind(s.until)
      .text(s.comment)
      .run();
}

ph::Result<bool> Evaluations::unsuppress(const std::string& address) {
  const std::lock_guard lock(mutex_);
  if (auto s = open(); !s) return s.error();
  if (auto s = db_->query("DELETE FROM suppressions WHERE address = ?").text(address).run(); !s) return s.error();
  return db_->changes() > 0;
}

ph::Result<std::vector<Suppression>> Evaluations::suppressions() {
  const std::lock_guard lock(mutex_);
  if (auto s = open(); !s) return s.error();
  auto q = db_->query("SELECT address, comment, until FROM suppressions ORDER BY address");
  std::vector<Suppression> out;
  for (;;) {
    const auto row = q.step();
    if (!row) return row.error();
    if (!*row) return out;
    out.push_back({std::string(q.bytes(0)), std::string(q.bytes(1)), q.integer(2)});
  }
}

ph::Result<bool> Evaluations::isSuppressed(const std::string& address, int64_t now) {
  const auto all = suppressions();
  if (!all) return all.error();
  return std::any_of(all->begin(), all->end(),
                     [&](const Suppression& s) { return s.address == address && (s.until == 0 || s.until > now); });
}

}  // namespace ph_mailauth
