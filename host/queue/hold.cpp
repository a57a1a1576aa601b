#include "queue/hold.hpp"

#include <algorithm>

#include "queue/routing.hpp"

namespace posthouse::queue {
namespace {

// Recipients in state `from` where all words of `which` fit get the state `to`; all destinations are looked at anew.
ph::Status change(db::Database& db, const HoldRule& which, int from, int to) {
  std::vector<int64_t> ids;
  {
    db::Scoped s(
        db.cached("SELECT r.id,m.reverse_path FROM rcpts r JOIN messages m ON m.id=r.message WHERE r.state=?1"
                  " AND (?2='' OR m.account=?2) AND (?3='' OR r.destination=?3)"));
    s->bind(1, from).text(2, which.account).text(3, which.toDomain);
    for (;;) {
      const auto row = s->step();
      if (!row) return row.error();
      if (!*row) break;
      if (which.fromDomain.empty() || domainOf(s->bytes(1)) == which.fromDomain) ids.push_back(s->integer(0));
    }
  }
  for (const int64_t id : ids) {
    db::Scoped s(db.cached("UPDATE rcpts SET state=? WHERE id=?"));
    if (auto done = s->bind(1, to).bind(2, id).run(); !done) return done;
  }
  return db::Scoped(db.cached("INSERT INTO destinations(name,local,due)"
                              " SELECT destination,destination LIKE 'account:%',min(iif(state=0,due,NULL)) FROM rcpts"
                              " WHERE true GROUP BY destination ON CONFLICT(name) DO UPDATE SET due=excluded.due"))
      ->run();
}

}  // namespace

ph::Result<int64_t> addHoldRule(db::Database& db, const HoldRule& rule) {
  {
    db::Scoped s(db.cached("INSERT INTO hold_rules(account,from_domain,to_domain) VALUES(?,?,?)"));
    s->text(1, rule.account).text(2, rule.fromDomain).text(3, rule.toDomain);
    if (auto done = s->run(); !done) return done.error();
  }
  const auto id = db.integer("SELECT last_insert_rowid()");
  if (!id) return id;
  if (auto done = change(db, rule, kWaiting, kHeld); !done) return done.error();
  return id;
}

ph::Status removeHoldRule(db::Database& db, int64_t id) {
  db::Scoped s(db.cached("DELETE FROM hold_rules WHERE id=?"));
  if (auto done = s->bind(1, id).run(); !done) return done;
  return db.changes() == 0 ? ph::Status(ph::Error{ph::Kind::NotFound, "no such hold rule"}) : ph::Status{};
}

ph::Status release(db::Database& db, const HoldRule& which) {
  return change(db, which, kHeld, kWaiting);
}

ph::Result<std::vector<HoldRule>> holdRules(db::Database& db) {
  db::Scoped s(db.cached("SELECT id,account,from_domain,to_domain FROM hold_rules ORDER BY id"));
  std::vector<HoldRule> out;
  for (;;) {
    const auto row = s->step();
    if (!row) return row.error();
    if (!*row) return out;
    out.push_back({s->integer(0), std::string(s->bytes(1)), std::string(s->bytes(2)), std::string(s->bytes(3))});
  }
}

ph::Result<bool> heldByRule(db::Database& db, const Envelope& e) {
  const auto rules = holdRules(db);
  if (!rules) return rules.error();
  return std::any_of(rules->begin(), rules->end(), [&](const HoldRule& r) {
    if (r.account.empty() && r.fromDomain.empty() && r.toDomain.empty()) return true;
    return (!r.account.empty() && r.account == e.account) ||
           (!r.fromDomain.empty() && r.fromDomain == domainOf(e.reversePath)) ||
           (!r.toDomain.empty() && std::any_of(e.rcpts.begin(), e.rcpts.end(), [&](const auto& rcpt) {
             return r.toDomain == domainOf(rcpt.forwardPath);
           }));
  });
}

}  // namespace posthouse::queue
