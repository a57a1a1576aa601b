#include "queue/lists.hpp"

#include "ph/draft/host/pipeline.h"
#include "ph/draft/host/transport.h"
#include "ph/text/ascii.hpp"
#include "queue/schema.hpp"

namespace posthouse::queue {
namespace {

// Conditions with their values, so that nothing of a filter becomes SQL.
class Where {
 public:
  void add(const std::string& condition, int64_t value) {
    text_ += " AND " + condition;
    values_.push_back({true, value, {}});
  }
  void add(const std::string& condition, const std::string& value) {
    text_ += " AND " + condition;
    values_.push_back({false, 0, value});
  }
  void ids(const char* column, const std::vector<int64_t>& ids) {
    if (ids.empty()) return;
    std::string list;
    for (const int64_t id : ids) list += (list.empty() ? "" : ",") + std::to_string(id);
    text_ += std::string(" AND ") + column + " IN(" + list + ")";
  }
  void part(const char* column, const std::string& value) {
    if (!value.empty()) add(std::string("instr(lower(") + column + "),?)>0", ph::text::toLower(value));
  }
  void is(const char* column, const std::string& value) {
    if (!value.empty()) add(std::string(column) + "=?", value);
  }
  void between(const char* column, const std::optional<int64_t>& before, const std::optional<int64_t>& after) {
    if (before) add(std::string(column) + "<?", *before);
    if (after) add(std::string(column) + ">?", *after);
  }
  const std::string& text() const { return text_; }
  void bind(db::Statement& s) const {
    int i = 0;
    for (const auto& v : values_) {
      ++i;
      v.number ? s.bind(i, v.integer) : s.text(i, v.string);
    }
  }

 private:
  struct Value {
    bool number;
    int64_t integer;
    std::string string;
  };
  std::string text_;
  std::vector<Value> values_;
};

std::string order(const char* column, const char* id, bool descending, size_t max) {
  const std::string way = descending ? " DESC" : "";
  return std::string(" ORDER BY ") + column + way + "," + id + way + (max ? " LIMIT " + std::to_string(max) : "");
}

std::string text(const db::Statement& s, int column) {
  return std::string(s.bytes(column));
}

template <class Row, class Read>
ph::Result<std::vector<Row>> rows(db::Database& db, const std::string& sql, const Where& where, Read read) {
  auto s = db.prepare(sql);
  if (!s) return s.error();
  where.bind(*s);
  std::vector<Row> out;
  for (;;) {
    const auto row = s->step();
    if (!row) return row.error();
    if (!*row) return out;
    out.push_back(read(*s));
  }
}

}  // namespace

ph::Result<std::vector<RcptInfo>> listRcpts(db::Database& db, const Filter& f) {
  Where w;
  w.ids("r.id", f.ids);
  w.is("m.name", f.message);
  w.is("m.account", f.account);
  w.is("r.destination", f.destination);
  w.part("m.reverse_path", f.from);
  w.part("r.forward_path", f.to);
  w.between("m.queued", f.queuedBefore, f.queuedAfter);
  w.between("r.due", f.dueBefore, f.dueAfter);
  if (f.held) w.add("(r.state=1)=?", *f.held ? 1 : 0);
  if (f.transport) w.add("r.transport=?", *f.transport);
  if (f.after != 0) w.add("r.id>?", f.after);
  const char* column = f.sort == Filter::Sort::Due ? "r.due" : f.sort == Filter::Sort::Queued ? "m.queued" : "r.id";
  const std::string sql =
      "SELECT r.id,m.name,m.account,m.reverse_path,r.forward_path,r.destination,m.queued,r.due,m.size,r.attempts,"
      "r.state,r.text,r.last,r.transport,m.flags,r.code,r.enhanced,r.host,r.return_to"
      " FROM rcpts r JOIN messages m ON m.id=r.message WHERE true" +
      w.text() + order(column, "r.id", f.descending, f.max);
  return rows<RcptInfo>(db, sql, w, [](const db::Statement& s) {
    RcptInfo i;
    i.id = s.integer(0);
    i.message = text(s, 1);
    i.account = text(s, 2);
    i.reversePath = text(s, 3);
    i.forwardPath = text(s, 4);
    i.destination = text(s, 5);
    i.queued = s.integer(6);
    i.due = s.integer(7);
    i.size = s.integer(8);
    i.attempts = static_cast<int>(s.integer(9));
    i.held = s.integer(10) == kHeld;
    i.reason = text(s, 11);
    i.last = s.integer(12);
    i.transport = text(s, 13);
    i.requireTls = (s.integer(14) & PH_MAIL_REQUIRETLS) != 0;
    i.tlsOptional = (s.integer(14) & PH_MAIL_TLS_OPTIONAL) != 0;
    i.code = static_cast<int>(s.integer(15));
    i.enhanced = text(s, 16);
    i.host = text(s, 17);
    i.returnTo = text(s, 18);
    return i;
  });
}

ph::Result<std::vector<RetiredInfo>> listRetired(db::Database& db, const RetiredFilter& f) {
  Where w;
  w.ids("id", f.ids);
  w.is("name", f.message);
  w.is("account", f.account);
  w.part("reverse_path", f.from);
  w.part("forward_path", f.to);
  w.between("ended", f.endedBefore, f.endedAfter);
  if (f.delivered) w.add("(outcome=0)=?", *f.delivered ? 1 : 0);
  if (f.after != 0) w.add("id>?", f.after);
  const char* column = f.sort == RetiredFilter::Sort::Ended    ? "ended"
                       : f.sort == RetiredFilter::Sort::Queued ? "queued"
                                                               : "id";
  const std::string sql =
      "SELECT id,name,account,reverse_path,forward_path,queued,ended,attempts,outcome,code,enhanced,text,host,"
      "return_to,told,told_status,told_text,told_at FROM retired WHERE true" +
      w.text() + order(column, "id", f.descending, f.max);
  return rows<RetiredInfo>(db, sql, w, [](const db::Statement& s) {
    RetiredInfo i;
    i.id = s.integer(0);
    i.message = text(s, 1);
    i.account = text(s, 2);
    i.reversePath = text(s, 3);
    i.forwardPath = text(s, 4);
    i.queued = s.integer(5);
    i.ended = s.integer(6);
    i.attempts = static_cast<int>(s.integer(7));
    i.delivered = s.integer(8) == PH_DELIVERED;
    i.code = static_cast<int>(s.integer(9));
    i.enhanced = text(s, 10);
    i.text = text(s, 11);
    i.host = text(s, 12);
    i.returnTo = text(s, 13);
    i.told = text(s, 14);
    i.toldStatus = text(s, 15);
    i.toldText = text(s, 16);
    i.toldAt = s.integer(17);
    return i;
  });
}

ph::Result<std::vector<DestinationInfo>> summary(db::Database& db) {
  // SQLite takes columns beside max() from the row that has it.
  return rows<DestinationInfo>(
      db,
      "SELECT destination,waiting,held,coalesce(due,0),oldest,bytes,text FROM"
      " (SELECT r.destination,count(*) waiting,sum(r.state=1) held,min(iif(r.state=0,r.due,NULL)) due,"
      "  min(m.queued) oldest,sum(m.size) bytes FROM rcpts r JOIN messages m ON m.id=r.message GROUP BY r.destination)"
      " JOIN (SELECT destination,text,max(last) FROM rcpts GROUP BY destination) USING(destination)"
      " ORDER BY waiting DESC,destination",
      Where(), [](const db::Statement& s) {
        return DestinationInfo{text(s, 0),   s.integer(1), s.integer(2), s.integer(3),
                               s.integer(4), s.integer(5), text(s, 6)};
      });
}

}  // namespace posthouse::queue
