// A fixed series of steps through everything that the store does durably, and what must be there after each of them.
#pragma once

#include "store_fixture.hpp"

namespace posthouse::store::testing {

// The steps are deterministic: the same run gives the same UIDs, ids and MODSEQs.
class Scenario {
 public:
  explicit Scenario(env::Env& env);
  ~Scenario();

  static std::size_t steps();
  // Runs one step; the failure of the first call in it that failed.
  ph::Status run(std::size_t step);
  // Runs from `from` until one fails; the number of steps that are done.
  std::size_t runAll(std::size_t from = 0);
  void close();
  // Closes the account and opens it again.
  ph::Status reopen();
  // Everything a client can see, as text; "no account" when there is none.
  ph::Result<std::string> state();
  // The highest id of an acknowledged append.
  MessageId highestId() const { return highestId_; }
  Account* account() { return account_.get(); }
  ph::Result<Appended> append(const std::string& subject, const std::string& mailbox, const std::string& key = {});

  // Several to INBOX in one change, in place of `replaced`.
  ph::Result<std::vector<Appended>> appendAll(const std::vector<std::string>& subjects,
                                              std::optional<Replaced> replaced);
  // With what is known about how it came, into a mailbox that may have to be made.
  ph::Result<Appended> deliver(const std::string& subject, const std::string& mailbox, bool reject);

 private:
  void makeStore();
  void applySettings();
  struct Table;
  env::Env& env_;
  Options options_;
  std::unique_ptr<Store> store_;
  std::shared_ptr<Account> account_;
  MessageId highestId_ = 0;
  std::int64_t keepRemoved_ = 0;
  ph::Status lookup_;  // of the mailboxes that a step names
};

}  // namespace posthouse::store::testing
