#include "queue/hold.hpp"

#include <algorithm>

#include "queue/routing.hpp"

namespace posthouse::queue {

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
