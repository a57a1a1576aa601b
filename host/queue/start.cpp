// What a start finds: spool files without rows are new, rows without a file are dropped, buried files are removed.
#include <algorithm>

#include "log/log.hpp"
#include "queue/hold.hpp"
#include "queue/queue.hpp"

namespace posthouse::queue {
namespace {

const log::Log kLog("queue");
constexpr size_t kBatch = 200;

struct Known {
  std::string name;
  int64_t id;
};

ph::Result<std::vector<Known>> knownMessages(db::Database& db) {
  db::Scoped s(db.cached("SELECT name,id FROM messages ORDER BY name"));
  std::vector<Known> out;
  for (;;) {
    const auto row = s->step();
    if (!row) return row.error();
    if (!*row) return out;
    out.push_back({std::string(s->bytes(0)), s->integer(1)});
  }
}

ph::Result<std::vector<std::string>> buriedNames(db::Database& db) {
  db::Scoped s(db.cached("SELECT name FROM gone ORDER BY name"));
  std::vector<std::string> out;
  for (;;) {
    const auto row = s->step();
    if (!row) return row.error();
    if (!*row) return out;
    out.emplace_back(s->bytes(0));
  }
}

}  // namespace

// The files of messages that are over: first their names go for good, then what remembers them.
ph::Status Queue::clearTombs() {
  std::vector<std::string> names;
  auto s = ledger_->read([&](db::Database& db) -> ph::Status {
    auto found = buriedNames(db);
    if (!found) return found.error();
    names = std::move(*found);
    return {};
  });
  if (!s || names.empty()) return s;
  for (const auto& name : names) {
    if (s = spool_.remove(name); !s) return s;
  }
  if (s = spool_.sync(); !s) return s;
  return ledger_->change([&](db::Database& db) -> ph::Status {
    for (const auto& name : names) {
      db::Scoped gone(db.cached("DELETE FROM gone WHERE name=?"));
      if (auto done = gone->text(1, name).run(); !done) return done;
    }
    return {};
  });
}

// Opens the database. A damaged one is put aside: the spool has the mail, and only what became of it is lost.
ph::Status Queue::openLedger(bool* rebuilding) {
  const std::string file = s_.folder + "/" + Spool::kDatabase;
  const auto open = [&]() -> ph::Status {
    ledger_ = std::make_unique<Ledger>(s_.env, file);
    if (auto s = ledger_->open(); !s) return s;
    return ledger_->read([](db::Database& db) -> ph::Status {
      db::Scoped s(db.cached("PRAGMA quick_check(1)"));
      const auto row = s->step();
      if (!row) return row.error();
      if (*row && s->bytes(0) != "ok") return ph::Error{ph::Kind::Permanent, "database: " + std::string(s->bytes(0))};
      return {};
    });
  };
  auto s = open();
  if (s || s.error().kind != ph::Kind::Permanent) return s;
  ledger_.reset();
  const std::string aside = file + ".damaged-" + std::to_string(s_.now());
  kLog.error(
      "THE QUEUE DATABASE IS DAMAGED. It is put aside and made anew from the spool: no mail is lost, some may be "
      "sent twice; attempts made, holds, suppressed addresses, hold rules and the history are forgotten",
      {{"file", file}, {"aside", aside}, {"reason", s.error().text}});
  for (const char* suffix : {"", "-wal", "-shm"}) {
    const auto moved = s_.env.rename(file + suffix, aside + suffix);
    if (!moved && moved.error().kind != ph::Kind::NotFound) return moved;
  }
  if (auto synced = s_.env.syncFolder(s_.folder); !synced) return synced;
  *rebuilding = true;
  return open();
}

ph::Status Queue::takeStock() {
  auto names = spool_.open();
  if (!names) return names.error();
  bool rebuilding = false;
  if (auto s = openLedger(&rebuilding); !s) return s;
  std::vector<Known> known;
  std::vector<std::string> buried;
  auto s = ledger_->read([&](db::Database& db) -> ph::Status {
    auto rows = knownMessages(db);
    if (!rows) return rows.error();
    known = std::move(*rows);
    auto tombs = buriedNames(db);
    if (!tombs) return tombs.error();
    buried = std::move(*tombs);
    suppressions_ = db.integer("SELECT count(*) FROM suppressions").valueOr(0);
    return {};
  });
  if (!s) return s;
  if (s = clearTombs(); !s) return s;

  std::vector<std::string> fresh;
  std::vector<int64_t> missing;
  auto k = known.begin();
  for (const auto& name : *names) {
    for (; k != known.end() && k->name < name; ++k) missing.push_back(k->id);
    if (k != known.end() && k->name == name) {
      ++k;
    } else if (!std::binary_search(buried.begin(), buried.end(), name)) {
      fresh.push_back(name);
    }
  }
  for (; k != known.end(); ++k) missing.push_back(k->id);
  if (!missing.empty()) {
    kLog.error("messages without a spool file are dropped", {{"count", std::to_string(missing.size())}});
    s = ledger_->change([&](db::Database& db) -> ph::Status {
      for (const int64_t id : missing) {
        if (auto done = dropMessage(db, id); !done) return done;
      }
      return {};
    });
    if (!s) return s;
  }
  messages_ = known.size() - missing.size();
  for (size_t i = 0; i < fresh.size(); i += kBatch) {
    const auto end = std::min(fresh.size(), i + kBatch);
    if (s = takeIn({fresh.begin() + static_cast<long>(i), fresh.begin() + static_cast<long>(end)}, rebuilding); !s)
      return s;
  }
  return {};
}

ph::Status Queue::takeIn(const std::vector<std::string>& names, bool rebuilding) {
  struct New {
    Envelope envelope;
    uint64_t offset;
    uint64_t size;
  };
  std::vector<New> all;
  for (const auto& name : names) {
    uint64_t offset = 0;
    auto e = spool_.envelope(name, &offset);
    if (e && e->notification && !rebuilding) {
      // Its rows were never committed, nor that it was made: it will be made anew.
      if (auto s = spool_.remove(name); !s) return s;
      continue;
    }
    const auto message = e ? spool_.message(name, offset) : ph::Result<mail::MessageRef>(e.error());
    if (message) {
      all.push_back({std::move(*e), offset, (*message)->length()});
    } else if (message.error().kind == ph::Kind::Invalid) {
      kLog.error("spool file left alone", {{"file", spool_.path(name)}, {"reason", message.error().text}});
    } else {
      return message.error();
    }
  }
  if (all.empty()) return {};
  auto s = ledger_->change([&](db::Database& db) -> ph::Status {
    for (const auto& n : all) {
      const auto held = heldByRule(db, n.envelope);
      if (!held) return held.error();
      if (auto id = insertMessage(db, n.envelope, n.offset, n.size, *held ? kHeld : kWaiting); !id) return id.error();
    }
    return {};
  });
  if (s) messages_ += all.size();
  return s;
}

}  // namespace posthouse::queue
