#include "queue/suppression.hpp"

#include <algorithm>
#include <array>

#include "ph/draft/host/transport.h"
#include "ph/text/ascii.hpp"
#include "queue/routing.hpp"

namespace posthouse::queue {

std::string baseAddress(std::string_view address) {
  const auto at = address.rfind('@');
  std::string local = ph::text::toLower(address.substr(0, at));
  // A separator at the beginning separates nothing.
  if (const auto separator = local.find_first_of("+-", 1); separator != std::string::npos) local.resize(separator);
  std::erase(local, '.');
  return at == std::string_view::npos ? local : local + "@" + domainOf(address);
}

bool isHardFailure(const Outcome& o) {
  if (o.outcome != PH_DELIVERY_PERMANENT || (o.flags & PH_ATTEMPT_LOCAL)) return false;
  static constexpr std::array<int, 5> kCodes{521, 550, 551, 553, 556};
  static constexpr std::array<std::string_view, 6> kEnhanced{"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.2.1", "5.7.1"};
  return std::find(kCodes.begin(), kCodes.end(), o.code) != kCodes.end() ||
         std::find(kEnhanced.begin(), kEnhanced.end(), o.enhanced) != kEnhanced.end();
}

ph::Result<bool> isSuppressed(db::Database& db, std::string_view account, std::string_view address) {
  const auto base = baseAddress(address);
  db::Scoped s(db.cached("SELECT 1 FROM suppressions WHERE account=? AND base=?"));
  return s->text(1, account).text(2, base).step();
}

ph::Result<int64_t> suppress(db::Database& db, const Suppression& x) {
  const auto base = baseAddress(x.address);
  db::Scoped s(
      db.cached("INSERT OR IGNORE INTO suppressions(account,base,address,manual,reason,since) VALUES(?,?,?,?,?,?)"));
  s->text(1, x.account).text(2, base).text(3, x.address).bind(4, x.manual ? 1 : 0).text(5, x.reason).bind(6, x.since);
  if (auto done = s->run(); !done) return done.error();
  if (db.changes() == 0) return int64_t{0};
  return db.integer("SELECT last_insert_rowid()");
}

ph::Status unsuppress(db::Database& db, std::string_view account, std::string_view address) {
  const auto base = baseAddress(address);
  db::Scoped s(db.cached("DELETE FROM suppressions WHERE account=? AND base=?"));
  if (auto done = s->text(1, account).text(2, base).run(); !done) return done;
  return db.changes() == 0 ? ph::Status(ph::Error{ph::Kind::NotFound, "this address is not suppressed"}) : ph::Status{};
}

ph::Result<std::vector<Suppression>> suppressions(db::Database& db, std::string_view account,
                                                  std::string_view address) {
  const auto base = address.empty() ? std::string() : baseAddress(address);
  db::Scoped s(
      db.cached("SELECT id,account,address,manual,reason,since FROM suppressions"
                " WHERE (?1='' OR account=?1) AND (?2='' OR base=?2) ORDER BY account,base"));
  s->text(1, account).text(2, base);
  std::vector<Suppression> out;
  for (;;) {
    const auto row = s->step();
    if (!row) return row.error();
    if (!*row) return out;
    out.push_back({s->integer(0), std::string(s->bytes(1)), std::string(s->bytes(2)), s->integer(3) != 0,
                   std::string(s->bytes(4)), s->integer(5)});
  }
}

ph::Result<bool> failedOften(db::Database& db, std::string_view account, std::string_view address, int count) {
  db::Scoped s(
      db.cached("SELECT outcome FROM retired WHERE account=? AND forward_path=? ORDER BY ended DESC,id DESC LIMIT ?"));
  s->text(1, account).text(2, address).bind(3, count);
  int failed = 0;
  for (;;) {
    const auto row = s->step();
    if (!row) return row.error();
    if (!*row) return failed == count;
    if (s->integer(0) != PH_DELIVERY_PERMANENT) return false;
    ++failed;
  }
}

}  // namespace posthouse::queue
