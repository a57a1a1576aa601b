// What the store's tests share: a store on a FaultEnv, short ways to write mail and to look at it.
#pragma once

#include <cppunit/extensions/HelperMacros.h>

#include <memory>
#include <optional>
#include <string>

#include "env/fault_env.hpp"
#include "store/store.hpp"
#include "store/verify.hpp"

namespace posthouse::store::testing {

inline const UidSet kAll{UidRange{}};

inline std::string text(const std::string& subject, std::size_t size = 300) {
  std::string out =
      "From: ann@example.org\r\nSubject: " + subject + "\r\nMessage-ID: <" + subject + "@example.org>\r\n\r\n";
  while (out.size() < size) out += "Words of " + subject + " and more of them.\r\n";
  return out;
}

inline AppendRequest request(std::string_view message, std::string mailbox = "INBOX") {
  AppendRequest r;
  r.mailbox = std::move(mailbox);
  r.message = message;
  r.date = 1'700'000'000;
  r.zone = 60;
  r.reversePath = "ann@example.org";
  return r;
}

inline Options testOptions() {
  Options o;
  o.now = [] { return std::int64_t{1'800'000'000}; };
  o.reserveBytes = 0;
  o.snapshotEvery = 0;
  o.reopenDelay = std::chrono::milliseconds(0);
  return o;
}

inline std::string problems(const Report& report) {
  std::string all;
  for (const auto& p : report.problems) all += std::to_string(p.kind) + ": " + p.text + "\n";
  return all;
}

template <class T>
T must(ph::Result<T> result) {
  CPPUNIT_ASSERT_MESSAGE(result ? "" : result.error().text, result.ok());
  return std::move(*result);
}
inline void must(const ph::Status& status) {
  CPPUNIT_ASSERT_MESSAGE(status ? "" : status.error().text, status.ok());
}

inline std::string content(Account& account, MessageId id) {
  const auto file = must(account.open(id));
  std::string bytes(file.size(), '\0');
  CPPUNIT_ASSERT_EQUAL(bytes.size(), must(file.read(0, bytes.data(), bytes.size())));
  return bytes;
}

inline std::vector<Row> rows(Account& account, MailboxId mailbox, std::uint32_t columns = 0xff) {
  std::vector<Row> all;
  for (Uid next = 1; next != 0;) {
    auto batch = must(account.query(mailbox, next, 0xffffffff, columns));
    for (auto& row : batch.rows) all.push_back(std::move(row));
    next = batch.next;
  }
  return all;
}

inline void assertClean(Account& account) {
  const auto report = must(verify(account, {true, false}));
  CPPUNIT_ASSERT_EQUAL(std::string(), problems(report));
}

}  // namespace posthouse::store::testing
