#include "queue/rows.hpp"

#include "ph/address/domain.hpp"

namespace posthouse::queue {
namespace {

constexpr std::string_view kLocal = "account:";
// A higher priority goes ahead of what waits as if it had come so much earlier, so that nothing waits for ever.
constexpr int64_t kPriorityStep = 600;
constexpr int kLowestPriority = -9;

constexpr char kRcptColumns[] =
    "SELECT id,message,number,destination,forward_path,account,state,owed,attempts,due,last,notify,orcpt,transport,"
    "outcome,code,enhanced,text,host,ip,tls,return_to FROM rcpts ";

std::string text(const db::Statement& s, int column) {
  return std::string(s.bytes(column));
}

RcptRow readRcpt(const db::Statement& s) {
  RcptRow r;
  r.id = s.integer(0);
  r.message = s.integer(1);
  r.rcpt.number = static_cast<uint32_t>(s.integer(2));
  r.destination = text(s, 3);
  r.rcpt.forwardPath = text(s, 4);
  r.rcpt.account = text(s, 5);
  r.state = static_cast<int>(s.integer(6));
  r.owed = static_cast<int>(s.integer(7));
  r.attempts = static_cast<int>(s.integer(8));
  r.due = s.integer(9);
  r.last = s.integer(10);
  r.rcpt.notify = static_cast<uint32_t>(s.integer(11));
  r.rcpt.orcpt = text(s, 12);
  r.transport = text(s, 13);
  r.outcome.outcome = static_cast<int32_t>(s.integer(14));
  r.outcome.code = static_cast<int32_t>(s.integer(15));
  r.outcome.enhanced = text(s, 16);
  r.outcome.text = text(s, 17);
  r.outcome.host = text(s, 18);
  r.outcome.ip = text(s, 19);
  r.outcome.tls = text(s, 20);
  r.rcpt.returnTo = text(s, 21);
  return r;
}

ph::Result<std::vector<RcptRow>> rcptRows(db::Scoped& s) {
  std::vector<RcptRow> out;
  for (;;) {
    const auto row = s->step();
    if (!row) return row.error();
    if (!*row) return out;
    out.push_back(readRcpt(*s.operator->()));
  }
}

}  // namespace

ph::Status settle(db::Database& db, const std::string& destination) {
  db::Scoped s(
      db.cached("INSERT INTO destinations(name,local,due)"
                " VALUES(?1,?2,(SELECT min(due) FROM rcpts WHERE destination=?1 AND state=0))"
                " ON CONFLICT(name) DO UPDATE SET due=excluded.due"));
  s->text(1, destination).bind(2, isLocal(destination) ? 1 : 0);
  if (auto done = s->run(); !done) return done;
  db::Scoped gone(db.cached("DELETE FROM destinations WHERE name=? AND due IS NULL AND hint=''"));
  return gone->text(1, destination).run();
}

namespace {

ph::Status retire(db::Database& db, int64_t rcpt, int64_t now, int64_t keepUntil) {
  if (keepUntil > now) {
    db::Scoped keep(db.cached(
        "INSERT INTO retired(name,account,reverse_path,forward_path,queued,ended,attempts,outcome,code,enhanced,text,"
        "host,keep_until,return_to) SELECT "
        "m.name,m.account,m.reverse_path,r.forward_path,m.queued,?,r.attempts,r.outcome,r.code,"
        "r.enhanced,r.text,r.host,?,r.return_to FROM rcpts r JOIN messages m ON m.id=r.message WHERE r.id=?"));
    if (auto s = keep->bind(1, now).bind(2, keepUntil).bind(3, rcpt).run(); !s) return s;
  }
  db::Scoped gone(db.cached("DELETE FROM rcpts WHERE id=?"));
  return gone->bind(1, rcpt).run();
}

ph::Status setResult(db::Database& db, const RcptRow& row, const Outcome& o, int state, int owed, int attempts,
                     int64_t due, int64_t now) {
  db::Scoped s(db.cached(
      "UPDATE rcpts SET state=iif(?1=0 AND state=1,1,?1),owed=iif(?2=0 AND ?1=0,owed,?2),attempts=?3,due=?4,last=?5,"
      "outcome=?6,code=?7,enhanced=?8,text=?9,host=?10,ip=?11,tls=?12 WHERE id=?13"));
  s->bind(1, state).bind(2, owed).bind(3, attempts).bind(4, due).bind(5, now).bind(6, o.outcome).bind(7, o.code);
  s->text(8, o.enhanced).text(9, o.text).text(10, o.host).text(11, o.ip).text(12, o.tls).bind(13, row.id);
  return s->run();
}

}  // namespace

bool isLocal(std::string_view destination) {
  return destination.starts_with(kLocal);
}

std::string destinationOf(const Envelope::Recipient& rcpt) {
  if (!rcpt.account.empty()) return std::string(kLocal) + rcpt.account;
  const auto at = rcpt.forwardPath.rfind('@');
  const std::string domain = at == std::string::npos ? rcpt.forwardPath : rcpt.forwardPath.substr(at + 1);
  if (ph::address::isAddressLiteral(domain)) return domain;
  return ph::address::normaliseDomain(domain).valueOr(domain);
}

ph::Result<std::vector<Place>> dueDestinations(db::Database& db, bool local, int64_t now, size_t max) {
  db::Scoped s(db.cached("SELECT name,due FROM destinations WHERE local=? AND due<=? ORDER BY due LIMIT ?"));
  s->bind(1, local ? 1 : 0).bind(2, now).bind(3, static_cast<int64_t>(max));
  std::vector<Place> out;
  for (;;) {
    const auto row = s->step();
    if (!row) return row.error();
    if (!*row) return out;
    out.push_back({std::string(s->bytes(0)), s->integer(1)});
  }
}

ph::Result<int64_t> nextDue(db::Database& db, int64_t now) {
  int64_t first = 0;
  for (const int local : {0, 1}) {
    db::Scoped s(db.cached("SELECT due FROM destinations WHERE local=? AND due>? ORDER BY due LIMIT 1"));
    const auto row = s->bind(1, local).bind(2, now).step();
    if (!row) return row.error();
    if (*row && (first == 0 || s->integer(0) < first)) first = s->integer(0);
  }
  return first;
}

ph::Result<std::vector<DueRcpt>> dueRcpts(db::Database& db, const std::string& destination, int64_t now,
                                          const DueRcpt& after, size_t max) {
  db::Scoped s(
      db.cached("SELECT due,id FROM rcpts WHERE destination=? AND state=0 AND due<=? AND (due,id)>(?,?) "
                "ORDER BY due,id LIMIT ?"));
  s->text(1, destination).bind(2, now).bind(3, after.due).bind(4, after.id).bind(5, static_cast<int64_t>(max));
  std::vector<DueRcpt> out;
  for (;;) {
    const auto row = s->step();
    if (!row) return row.error();
    if (!*row) return out;
    out.push_back({s->integer(0), s->integer(1)});
  }
}

ph::Result<std::vector<RcptRow>> rcptsOf(db::Database& db, int64_t message) {
  db::Scoped s(db.cached(std::string(kRcptColumns) + "WHERE message=? ORDER BY number"));
  s->bind(1, message);
  return rcptRows(s);
}

ph::Result<RcptRow> rcptRow(db::Database& db, int64_t id) {
  db::Scoped s(db.cached(std::string(kRcptColumns) + "WHERE id=?"));
  s->bind(1, id);
  auto rows = rcptRows(s);
  if (!rows) return rows.error();
  if (rows->empty()) return ph::Error{ph::Kind::NotFound, "no such recipient waits"};
  return rows->front();
}

ph::Result<MessageRow> messageRow(db::Database& db, int64_t message) {
  db::Scoped s(
      db.cached("SELECT name,offset,size,account,reverse_path,flags,queued,connection,ret,envid,deliver_by,"
                "by_mode,priority,told FROM messages WHERE id=?"));
  const auto row = s->bind(1, message).step();
  if (!row) return row.error();
  if (!*row) return ph::Error{ph::Kind::NotFound, "no such message"};
  MessageRow m;
  m.id = message;
  m.envelope.id = s->bytes(0);
  m.offset = static_cast<uint64_t>(s->integer(1));
  m.size = static_cast<uint64_t>(s->integer(2));
  m.envelope.account = s->bytes(3);
  m.envelope.reversePath = s->bytes(4);
  m.envelope.flags = static_cast<uint32_t>(s->integer(5));
  m.envelope.queuedAt = s->integer(6);
  m.envelope.connection = static_cast<uint64_t>(s->integer(7));
  m.envelope.ret = static_cast<int32_t>(s->integer(8));
  m.envelope.envid = s->bytes(9);
  m.envelope.deliverBy = s->integer(10);
  m.envelope.byMode = static_cast<int32_t>(s->integer(11));
  m.envelope.priority = static_cast<int32_t>(s->integer(12));
  m.told = static_cast<int>(s->integer(13));
  return m;
}

ph::Result<std::string> hintOf(db::Database& db, const std::string& destination) {
  db::Scoped s(db.cached("SELECT hint FROM destinations WHERE name=?"));
  const auto row = s->text(1, destination).step();
  if (!row) return row.error();
  return *row ? std::string(s->bytes(0)) : std::string();
}

ph::Result<std::vector<int64_t>> owing(db::Database& db, size_t max) {
  db::Scoped s(db.cached("SELECT DISTINCT message FROM rcpts WHERE owed<>0 LIMIT ?"));
  s->bind(1, static_cast<int64_t>(max));
  std::vector<int64_t> out;
  for (;;) {
    const auto row = s->step();
    if (!row) return row.error();
    if (!*row) return out;
    out.push_back(s->integer(0));
  }
}

ph::Result<int64_t> insertMessage(db::Database& db, const Envelope& e, uint64_t offset, uint64_t size, int state) {
  {
    db::Scoped s(
        db.cached("INSERT INTO messages(name,offset,size,account,reverse_path,flags,queued,connection,ret,"
                  "envid,deliver_by,by_mode,priority) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)"));
    s->text(1, e.id).bind(2, static_cast<int64_t>(offset)).bind(3, static_cast<int64_t>(size)).text(4, e.account);
    s->text(5, e.reversePath).bind(6, e.flags).bind(7, e.queuedAt).bind(8, static_cast<int64_t>(e.connection));
    s->bind(9, e.ret).text(10, e.envid).bind(11, e.deliverBy).bind(12, e.byMode).bind(13, e.priority);
    if (auto done = s->run(); !done) return done.error();
  }
  int64_t id = 0;
  {
    db::Scoped s(db.cached("SELECT id FROM messages WHERE name=?"));
    if (auto row = s->text(1, e.id).step(); !row) return row.error();
    id = s->integer(0);
  }
  const int64_t due = e.holdUntil != 0 ? e.holdUntil : e.queuedAt - (e.priority - kLowestPriority) * kPriorityStep;
  std::set<std::string> destinations;
  for (const auto& r : e.rcpts) {
    const auto destination = destinationOf(r);
    db::Scoped s(
        db.cached("INSERT INTO rcpts(message,number,destination,forward_path,account,state,owed,attempts,due,"
                  "last,notify,orcpt,transport,return_to) VALUES(?,?,?,?,?,?,0,0,?,0,?,?,'',?)"));
    s->bind(1, id).bind(2, r.number).text(3, destination).text(4, r.forwardPath).text(5, r.account).bind(6, state);
    s->bind(7, due).bind(8, r.notify).text(9, r.orcpt).text(10, r.returnTo);
    if (auto done = s->run(); !done) return done.error();
    destinations.insert(destination);
  }
  for (const auto& d : destinations) {
    if (auto done = settle(db, d); !done) return done.error();
  }
  return id;
}

ph::Status postpone(db::Database& db, const RcptRow& row, const Outcome& outcome, int attempts, int64_t now,
                    int64_t due, int owed) {
  if (auto s = setResult(db, row, outcome, kWaiting, owed, attempts, due, now); !s) return s;
  return settle(db, row.destination);
}

ph::Status conclude(db::Database& db, const RcptRow& row, const Outcome& outcome, int attempts, int64_t now, int owed,
                    int64_t keepUntil) {
  if (auto s = setResult(db, row, outcome, kDone, owed, attempts, row.due, now); !s) return s;
  if (owed == kOwedNothing) {
    if (auto s = retire(db, row.id, now, keepUntil); !s) return s;
  }
  return settle(db, row.destination);
}

ph::Status settleOwed(db::Database& db, int64_t message, const std::vector<std::pair<int64_t, int>>& rcpts, int64_t now,
                      int64_t keepUntil) {
  for (const auto& [id, owed] : rcpts) {
    db::Scoped s(db.cached("SELECT state FROM rcpts WHERE id=? AND owed=?"));
    const auto row = s->bind(1, id).bind(2, owed).step();
    if (!row) return row.error();
    if (!*row) continue;
    const bool done = s->integer(0) == kDone;
    if (done) {
      if (auto r = retire(db, id, now, keepUntil); !r) return r;
    } else {
      db::Scoped clear(db.cached("UPDATE rcpts SET owed=0 WHERE id=?"));
      if (auto r = clear->bind(1, id).run(); !r) return r;
    }
  }
  db::Scoped told(db.cached("UPDATE messages SET told=told+1 WHERE id=?"));
  return told->bind(1, message).run();
}

ph::Status defer(db::Database& db, const RcptRow& row, int64_t due) {
  db::Scoped s(db.cached("UPDATE rcpts SET due=? WHERE id=? AND state=0"));
  if (auto done = s->bind(1, due).bind(2, row.id).run(); !done) return done;
  return settle(db, row.destination);
}

ph::Status dropMessage(db::Database& db, int64_t message) {
  const auto rows = rcptsOf(db, message);
  if (!rows) return rows.error();
  db::Scoped gone(db.cached("DELETE FROM rcpts WHERE message=?"));
  if (auto s = gone->bind(1, message).run(); !s) return s;
  std::set<std::string> destinations;
  for (const auto& r : *rows) destinations.insert(r.destination);
  for (const auto& d : destinations) {
    if (auto s = settle(db, d); !s) return s;
  }
  const auto name = buryIfOver(db, message);
  return name ? ph::Status{} : name.error();
}

ph::Status setHint(db::Database& db, const std::string& destination, const std::string& hint, int64_t now) {
  {
    db::Scoped s(
        db.cached("INSERT INTO destinations(name,local,due,hint,hinted) VALUES(?,?,NULL,?,?)"
                  " ON CONFLICT(name) DO UPDATE SET hint=excluded.hint,hinted=excluded.hinted"));
    s->text(1, destination).bind(2, isLocal(destination) ? 1 : 0).text(3, hint).bind(4, now);
    if (auto done = s->run(); !done) return done;
  }
  return settle(db, destination);
}

ph::Result<std::string> buryIfOver(db::Database& db, int64_t message) {
  std::string name;
  {
    db::Scoped s(
        db.cached("SELECT name FROM messages WHERE id=?1 AND NOT EXISTS(SELECT 1 FROM rcpts WHERE message=?1)"));
    const auto row = s->bind(1, message).step();
    if (!row) return row.error();
    if (!*row) return std::string();
    name = s->bytes(0);
  }
  db::Scoped tomb(db.cached("INSERT OR IGNORE INTO gone(name) VALUES(?)"));
  if (auto s = tomb->text(1, name).run(); !s) return s.error();
  db::Scoped gone(db.cached("DELETE FROM messages WHERE id=?"));
  if (auto s = gone->bind(1, message).run(); !s) return s.error();
  return name;
}

}  // namespace posthouse::queue
