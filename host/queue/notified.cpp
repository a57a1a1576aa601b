// Notifications that come in for a reverse-path that was made for one recipient. RFC 3464.
#include <algorithm>

#include "log/log.hpp"
#include "ph/text/ascii.hpp"
#include "queue/lists.hpp"
#include "queue/operations.hpp"
#include "queue/queue.hpp"

namespace posthouse::queue {
namespace {

const log::Log kLog("queue");
constexpr size_t kMaxText = 2048;

struct About {
  int64_t id = 0;
  Envelope envelope;
  std::string forwardPath;
  bool waits = false;
};

// Whose reverse-path the notification was sent to: mail that still waits for another recipient's turn, or is over.
ph::Result<About> about(db::Database& db, const std::string& address) {
  for (const bool waits : {false, true}) {
    db::Scoped s(db.cached(waits ? "SELECT r.id,m.name,m.account,m.reverse_path,r.forward_path FROM rcpts r"
                                   " JOIN messages m ON m.id=r.message WHERE r.return_to<>'' AND lower(r.return_to)=?"
                                 : "SELECT id,name,account,reverse_path,forward_path FROM retired WHERE return_to<>'' "
                                   "AND lower(return_to)=?"));
    const auto row = s->text(1, address).step();
    if (!row) return row.error();
    if (!*row) continue;
    About a;
    a.id = s->integer(0);
    a.envelope.id = s->bytes(1);
    a.envelope.account = s->bytes(2);
    a.envelope.reversePath = s->bytes(3);
    a.forwardPath = s->bytes(4);
    a.waits = waits;
    return a;
  }
  return ph::Error{ph::Kind::NotFound, "no mail of ours has this reverse-path"};
}

const char* eventOf(const std::string& action) {
  for (const char* known : {"failed", "delayed", "delivered", "relayed", "expanded"}) {
    if (action == known) return known;
  }
  return "unrecognized";
}

}  // namespace

ph::Status Operations::notified(const std::string& address, const ph::dsn::Received& report) {
  const std::string key = ph::text::toLower(address);
  const auto settings = queue_.settings();
  About found;
  Outcome said;
  std::string action;
  const auto s = queue_.changing([&](db::Database& db) -> ph::Status {
    auto a = about(db, key);
    if (!a) return a.error();
    found = std::move(*a);
    // The path is for one recipient: with several in the report the one that is named counts, else the first.
    auto told = std::find_if(report.recipients.begin(), report.recipients.end(), [&](const auto& t) {
      return ph::text::equalsNoCase(t.recipient, found.forwardPath) ||
             ph::text::equalsNoCase(t.original, found.forwardPath);
    });
    if (told == report.recipients.end()) told = report.recipients.begin();
    if (told == report.recipients.end()) return ph::Error{ph::Kind::Invalid, "the notification is about nobody"};
    action = told->action;
    said.enhanced = told->status.substr(0, 12);
    said.text = told->diagnostic.substr(0, kMaxText);
    said.host = report.reportingMta.substr(0, 255);
    said.outcome = action == "failed" ? PH_DELIVERY_PERMANENT : PH_DELIVERED;
    if (said.text.size() >= 3 && std::all_of(said.text.begin(), said.text.begin() + 3, ph::text::isDigit))
      said.code = std::stoi(said.text.substr(0, 3));
    if (!found.waits) {
      db::Scoped u(db.cached("UPDATE retired SET told=?,told_status=?,told_text=?,told_at=? WHERE id=?"));
      u->text(1, action).text(2, said.enhanced).text(3, said.text).bind(4, queue_.s_.now()).bind(5, found.id);
      if (auto done = u->run(); !done) return done;
    }
    if (!isHardFailure(said) || !settings->suppressing.contains(found.envelope.account)) return {};
    const auto id = queue::suppress(
        db, {0, found.envelope.account, found.forwardPath, false, "a notification: " + said.text, queue_.s_.now()});
    if (!id) return id.error();
    if (*id != 0) ++queue_.suppressions_;
    return {};
  });
  if (!s) return s;
  kLog.info("notification about our mail", {{"txn", found.envelope.id},
                                            {"to", found.forwardPath},
                                            {"action", action},
                                            {"status", said.enhanced},
                                            {"reply", said.text}});
  queue_.publish((std::string("queue.dsn.") + eventOf(action)).c_str(), found.envelope, found.forwardPath, said, key);
  return {};
}

}  // namespace posthouse::queue
