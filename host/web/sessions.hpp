// Sessions of browsers: who has logged in, from where, until when.
// Guarantees: a session's secret is 256 random bits and known to its browser only: the file has hashes. One ends after
// its idle or its absolute time, when somebody ends it, and when the password of its account changes. find() does not
// touch the disk. Threads: all from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.hpp"
#include "ph/result.hpp"

namespace posthouse::web {

struct Session {
  std::string id;  // for people and the API; says nothing about the secret
  std::string account;
  std::string remoteIp;
  std::string agent;      // what the browser calls itself
  int64_t begun = 0;      // Unix seconds
  int64_t used = 0;       // to the minute
  bool powerful = false;  // of an admin, when it began: shorter times
};

class Sessions {
 public:
  static constexpr int64_t kIdle = 24 * 3600, kLife = 30 * 24 * 3600;
  static constexpr int64_t kPowerfulIdle = 3600, kPowerfulLife = 12 * 3600;
  static constexpr size_t kMaxOfAccount = 50;  // then the one that was not used for longest ends

  // `credential`: what changes with the account's password. Those of other passwords are forgotten.
  using Credential = std::function<std::string(const std::string& account)>;
  static ph::Result<std::unique_ptr<Sessions>> open(db::Vfs& vfs, const std::string& file, Credential credential,
                                                    int64_t now);

  // Its secret, for the cookie.
  ph::Result<std::string> begin(Session session, int64_t now);
  // Marks it as used.
  std::optional<Session> find(std::string_view secret, int64_t now);
  // The newest first; of one account, or all.
  std::vector<Session> list(const std::string& account, int64_t now) const;
  // NotFound. `account` not empty: it must be that account's.
  ph::Status end(const std::string& id, const std::string& account);
  // All of an account but one.
  void endAll(const std::string& account, const std::string& except = {});
  // Forgets what is over and writes down when the others were used.
  void sweep(int64_t now);

  static int64_t endOf(const Session& session);  // unless it is used

 private:
  struct Entry {
    Session session;
    bool dirty = false;
  };
  using Entries = std::map<std::string, Entry, std::less<>>;  // by the hash of the secret

  Sessions(std::unique_ptr<db::Database> db, Credential credential)
      : db_(std::move(db)), credential_(std::move(credential)) {}
  ph::Status load(int64_t now);
  ph::Status store(const std::string& hash, const Session& session);
  ph::Status erase(const std::string& hash);
  // Takes those that `which` names out of both.
  size_t endThose(const std::function<bool(const Session&)>& which);

  const std::unique_ptr<db::Database> db_;
  const Credential credential_;
  std::mutex disk_;  // of db_; taken before mutex_
  mutable std::mutex mutex_;
  Entries entries_;
};

}  // namespace posthouse::web
