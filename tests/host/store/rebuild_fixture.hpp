// What the tests of snapshots, rebuild and repair share: an account with a clock of its own, and what is in it as text.
#pragma once

#include <atomic>

#include "db/database.hpp"
#include "store/schema.hpp"
#include "store/snapshot.hpp"
#include "store_fixture.hpp"

namespace posthouse::store::testing {

constexpr env::Cut kCuts[] = {env::Cut::Drop, env::Cut::Keep, env::Cut::Tear, env::Cut::Shuffle};

class RebuildFixture : public CppUnit::TestFixture {
 public:
  void setUp() override { fresh(); }

  Options options() {
    auto o = testOptions();
    o.now = [this] { return now_.load(); };
    o.snapshotEvery = 1000;
    o.snapshotIdle = 10;
    return o;
  }
  void fresh() {
    close();
    now_ = 1'800'000'000;
    env_ = std::make_unique<env::FaultEnv>();
    store_ = std::make_unique<Store>(*env_, "data", options());
    account_ = must(store_->create("ann"));
  }
  void close() {
    account_.reset();
    store_.reset();
  }
  void reopen() {
    account_.reset();
    if (!store_) store_ = std::make_unique<Store>(*env_, "data", options());
    account_ = must(store_->open("ann"));
  }
  RebuildReport rebuild() {
    close();
    store_ = std::make_unique<Store>(*env_, "data", options());
    auto report = must(store_->rebuild("ann"));
    reopen();
    assertClean(*account_);
    return report;
  }

  MessageId add(const std::string& subject, const std::string& mailbox = "INBOX") {
    const auto message = text(subject);
    auto r = request(message, mailbox);
    r.createMailbox = true;
    r.prefix = "Received: here\r\n";
    return must(account_->append(r)).id;
  }
  MailboxId box(const char* name) { return must(account_->mailbox(name)).id; }
  void setFlagged(const char* mailbox) {
    must(account_->setFlags(box(mailbox), kAll, {FlagChange::Add, {kFlagged, {"Word"}}, {}}));
  }
  // "mailbox:subject[*]" of every message, sorted; a flagged one with a star.
  std::string contents() {
    std::set<std::string> all;
    for (const auto& m : must(account_->mailboxes())) {
      for (const auto& row : rows(*account_, m.id, kMessageIdHeader)) {
        const auto bytes = content(*account_, row.id);
        const auto at = bytes.find("Subject: ") + 9;
        all.insert(m.name + ":" + bytes.substr(at, bytes.find('\r', at) - at) + ((row.flags & kFlagged) ? "*" : ""));
      }
    }
    std::string joined;
    for (const auto& item : all) joined += (joined.empty() ? "" : " ") + item;
    return joined;
  }
  std::map<std::string, Uid> validities() {
    std::map<std::string, Uid> all;
    for (const auto& m : must(account_->mailboxes())) all[m.name] = m.uidValidity;
    return all;
  }
  void withIndex(const std::string& path, const std::function<void(db::Database&)>& use) {
    db::Vfs vfs(*env_);
    db::OpenOptions open;
    open.application = kIndexApplication;
    open.version = kIndexVersion;
    use(*must(db::Database::open(vfs, path, open)));
  }
  void assertSound(const std::string& path) {
    withIndex(path, [](db::Database& db) { must(checkIndex(db)); });
  }
  std::size_t count() { return must(snapshotsOf(*env_, "data/ann")).size(); }

  // An account whose snapshot is older than some of its mail.
  void history() {
    fresh();
    add("a");
    add("b", "Work/Sub");
    add("gone");
    setFlagged("INBOX");
    must(account_->expunge(box("INBOX"), {{2, 2}}, true));
    must(account_->maintain());
    now_ += 10;
    must(account_->snapshot());
    add("c", "Later");
    setFlagged("Later");
    must(account_->move(box("INBOX"), {{1, 1}}, box("Archive")));
    ++now_;
  }

 protected:
  std::atomic<std::int64_t> now_{0};
  std::unique_ptr<env::FaultEnv> env_;
  std::unique_ptr<Store> store_;
  std::shared_ptr<Account> account_;
};

}  // namespace posthouse::store::testing
