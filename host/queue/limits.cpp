#include "queue/limits.hpp"

#include <string>

#include "ph/text/ascii.hpp"

namespace posthouse::queue {
namespace {

ph::Result<int64_t> number(db::Scoped& s) {
  const auto row = s->step();
  if (!row) return row.error();
  return *row ? s->integer(0) : 0;
}

ph::Status over(const char* what, int64_t limit) {
  return ph::Error{ph::Kind::Quota, "this account has sent to " + std::to_string(limit) + " " + what +
                                        " within a day, which is its limit; try again later"};
}

}  // namespace

ph::Status countSubmission(db::Database& db, const Envelope& e, const SendingLimits& limits, int64_t now) {
  {
    db::Scoped s(db.cached("INSERT INTO sent(account,at,rcpts) VALUES(?,?,?)"));
    s->text(1, e.account).bind(2, now).bind(3, static_cast<int64_t>(e.rcpts.size()));
    if (auto done = s->run(); !done) return done;
  }
  if (limits.messages > 0) {
    db::Scoped s(db.cached("SELECT sum(rcpts) FROM sent WHERE account=? AND at>?"));
    s->text(1, e.account).bind(2, now - kLimitSpan);
    const auto sum = number(s);
    if (!sum) return sum.error();
    if (*sum > limits.messages) return over("recipients", limits.messages);
  }
  bool met = false;
  for (const auto& r : e.rcpts) {
    const std::string address = ph::text::toLower(r.forwardPath);
    db::Scoped s(db.cached("INSERT OR IGNORE INTO correspondents(account,address,first) VALUES(?,?,?)"));
    if (auto done = s->text(1, e.account).text(2, address).bind(3, now).run(); !done) return done;
    met = met || db.changes() != 0;
  }
  if (!met || limits.firstTimeRecipients <= 0) return {};
  db::Scoped s(db.cached("SELECT count(*) FROM correspondents WHERE account=? AND first>?"));
  s->text(1, e.account).bind(2, now - kLimitSpan);
  const auto first = number(s);
  if (!first) return first.error();
  return *first > limits.firstTimeRecipients ? over("new recipients", limits.firstTimeRecipients) : ph::Status{};
}

ph::Status forgetSubmissions(db::Database& db, int64_t now) {
  db::Scoped s(db.cached("DELETE FROM sent WHERE at<=?"));
  return s->bind(1, now - kLimitSpan).run();
}

}  // namespace posthouse::queue
