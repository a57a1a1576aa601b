// Conversations: who joins whom, in every order of arrival; muting; leaving; rethread finds the same again.
#include "store/threads.hpp"

#include <algorithm>
#include <numeric>

#include "db/database.hpp"
#include "store/schema.hpp"
#include "store_fixture.hpp"

namespace posthouse::store::testing {
namespace {

struct Mail {
  const char* name;  // its Message-ID
  const char* references;
  const char* subject;
  const char* extra = "";
};

std::string mailText(const Mail& m) {
  std::string out = "Subject: " + std::string(m.subject) + "\r\n" + m.extra;
  if (*m.name != '\0') out += "Message-ID: <" + std::string(m.name) + ">\r\n";
  if (*m.references != '\0') out += "References: " + std::string(m.references) + "\r\n";
  return out + "\r\nx\r\n";
}

}  // namespace

class ThreadsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ThreadsTest);
  CPPUNIT_TEST(joins);
  CPPUNIT_TEST(toldIdsStay);
  CPPUNIT_TEST(anyOrderGivesTheSame);
  CPPUNIT_TEST(circlesEnd);
  CPPUNIT_TEST(mutedMessagesComeAsRead);
  CPPUNIT_TEST(leavingKeepsTheRest);
  CPPUNIT_TEST(copiesShareTheThread);
  CPPUNIT_TEST(rethreadRepairs);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override { fresh(); }
  void tearDown() override { assertClean(*account_); }

  void fresh() {
    account_.reset();
    store_.reset();
    env_ = std::make_unique<env::FaultEnv>();
    store_ = std::make_unique<Store>(*env_, "data", testOptions());
    account_ = must(store_->create("ann"));
    inbox_ = must(account_->mailbox("INBOX")).id;
  }

  MessageId add(const Mail& m, std::int64_t date = 1'700'000'000) {
    const auto message = mailText(m);
    auto r = request(message);
    r.date = date;
    return must(account_->append(r)).id;
  }

  // "id:thread<parent" of all messages.
  std::string shape() {
    std::string all;
    for (const auto& row : rows(*account_, inbox_, kThread)) {
      all += (all.empty() ? "" : " ") + std::to_string(row.id) + ":" + std::to_string(row.thread);
      if (row.parent != 0) all += "<" + std::to_string(row.parent);
    }
    return all;
  }

  void joins() {
    const char* report = "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n";
    const struct {
      std::vector<Mail> mails;
      const char* shape;
    } cases[] = {
        {{{"a", "", "Hi"}, {"b", "<a>", "Re: Hi"}, {"c", "<a> <b>", "RE: hi"}}, "1:1 2:1<1 3:1<2"},
        {{{"a", "", "Hi"}, {"c", "<a> <gone>", "Re: Hi"}}, "1:1 2:1<1"},
        {{{"a", "", "Hi"}, {"b", "<a>", "Other"}}, "1:1 2:2"},
        {{{"a", "", "Hi"}, {"b", "<a>", "Undeliverable", report}}, "1:1 2:1<1"},
        {{{"a", "", "Hi"}, {"b", "", "Re: Hi"}}, "1:1 2:1<1"},
        {{{"a", "", "Hi"}, {"b", "", "Hi"}}, "1:1 2:2"},
        {{{"a", "", ""}, {"b", "", "Re:"}}, "1:1 2:2"},
        {{{"a", "", "Hi"}, {"b", "<gone>", "Re: Hi"}}, "1:1 2:2"},
        {{{"", "", "Hi"}, {"", "", "Hi"}}, "1:1 2:2"},
        {{{"a", "", "Hi"}, {"b", "<a>", "Hi"}, {"b", "<a>", "Hi"}}, "1:1 2:1<1 3:1<1"},
        {{{"a", "", "Hi"}, {"b", "", "Re: Hi", "In-Reply-To: <a>\r\n"}}, "1:1 2:1<1"},
        // What comes late takes its place.
        {{{"c", "<a> <b>", "Hi"}, {"b", "<a>", "Hi"}, {"a", "", "Hi"}}, "1:1<2 2:1<3 3:1"},
        {{{"c", "<a> <b>", "Hi"}, {"a", "", "Hi"}, {"b", "<a>", "Hi"}}, "1:1<3 2:1 3:1<2"},
        {{{"b", "<a>", "Hi"}, {"c", "<a>", "Hi"}, {"a", "", "Hi"}}, "1:1<3 2:1<3 3:1"},
        {{{"b", "<a>", "Other"}, {"a", "", "Hi"}}, "1:1 2:2"},
        {{{"b", "<a>", "Undeliverable", report}, {"a", "", "Hi"}}, "1:1<2 2:1"},
        // One message connects two conversations.
        {{{"a", "", "Hi"}, {"z", "<y>", "Hi"}, {"y", "<a>", "Hi"}}, "1:1 2:1<3 3:1<1"},
    };
    for (const auto& c : cases) {
      fresh();
      for (const auto& m : c.mails) add(m);
      CPPUNIT_ASSERT_EQUAL(std::string(c.shape), shape());
      assertClean(*account_);
      CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, must(rethread(*account_)));
      CPPUNIT_ASSERT_EQUAL(std::string(c.shape), shape());
    }
    // A reply without references finds what is not older than four weeks.
    fresh();
    add({"a", "", "Hi"});
    add({"b", "", "Re: Hi"}, 1'700'000'000 + 29 * 86400);
    CPPUNIT_ASSERT_EQUAL(std::string("1:1 2:2"), shape());
  }

  // RFC 8474 5.2: THREADID is what it was when the message came, and what rethread finds does not change it.
  void toldIdsStay() {
    const auto told = [this] {
      std::string all;
      for (const auto& row : rows(*account_, inbox_, kThread | kThreadId)) {
        all += std::to_string(row.thread) + "/" + std::to_string(row.threadId) + " ";
      }
      return all;
    };
    add({"a", "", "Hi"});
    add({"z", "<y>", "Hi"});
    add({"y2", "<y>", "Hi"});
    CPPUNIT_ASSERT_EQUAL(std::string("1/1 2/2 3/3 "), told());
    add({"y", "<a>", "Hi"});
    add({"x", "<y>", "Hi"});
    CPPUNIT_ASSERT_EQUAL(std::string("1/1 1/2 1/3 1/1 1/1 "), told());
    must(rethread(*account_));
    CPPUNIT_ASSERT_EQUAL(std::string("1/1 1/2 1/3 1/1 1/1 "), told());
    must(account_->expunge(inbox_, {{2, 2}}, true));
    CPPUNIT_ASSERT_EQUAL(std::string("1/1 1/3 1/1 1/1 "), told());
  }

  void anyOrderGivesTheSame() {
    const std::vector<Mail> mails = {{"a", "", "Hi"},
                                     {"b", "<a>", "Re: Hi"},
                                     {"c", "<a> <b>", "Re: Hi"},
                                     {"d", "<a> <b>", "Re: Hi"},
                                     {"e", "<a> <b> <d>", "Re: Hi"}};
    const char* parents[] = {"", "a", "b", "b", "d"};
    std::vector<std::size_t> order(mails.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    do {
      fresh();
      std::map<std::string, MessageId> ids{{"", 0}};
      for (const auto i : order) ids[mails[i].name] = add(mails[i]);
      for (const auto& row : rows(*account_, inbox_, kThread | kMessageIdHeader)) {
        CPPUNIT_ASSERT_EQUAL(MessageId{1}, row.thread);
        CPPUNIT_ASSERT_EQUAL(ids[parents[row.messageIdHeader[0] - 'a']], row.parent);
      }
    } while (std::next_permutation(order.begin(), order.end()));
  }

  void circlesEnd() {
    add({"a", "<b>", "Hi"});
    add({"b", "<a>", "Hi"});
    add({"c", "<c> <a> <b>", "Hi"});
    add({"a", "<c>", "Hi"});
    for (const auto& row : rows(*account_, inbox_, kThread)) {
      std::set<MessageId> seen;
      const auto all = rows(*account_, inbox_, kThread);
      for (auto at = row.id; at != 0; at = all.at(static_cast<std::size_t>(at) - 1).parent)
        CPPUNIT_ASSERT(seen.insert(at).second);
      CPPUNIT_ASSERT_EQUAL(MessageId{1}, row.thread);
    }
  }

  void mutedMessagesComeAsRead() {
    add({"a", "", "Hi"});
    add({"z", "<y>", "Hi"});
    must(account_->setThread(1, true, {}));
    must(account_->setThread(2, {}, true));
    add({"b", "<a>", "Hi"});
    add({"other", "", "Other"});
    CPPUNIT_ASSERT_EQUAL(3U, must(account_->mailbox("INBOX")).unseen);
    add({"y", "<a>", "Hi"});
    const auto thread = must(account_->thread(1));
    CPPUNIT_ASSERT(thread.muted && thread.collapsed);
    CPPUNIT_ASSERT_EQUAL(std::size_t{4}, thread.messages.size());
    CPPUNIT_ASSERT_EQUAL(3U, must(account_->mailbox("INBOX")).unseen);
    CPPUNIT_ASSERT(!account_->thread(2));
    CPPUNIT_ASSERT(account_->setThread(2, true, {}).error().kind == ph::Kind::NotFound);
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, must(rethread(*account_)));
    CPPUNIT_ASSERT(must(account_->thread(1)).muted);
    must(account_->setThread(1, false, false));
    CPPUNIT_ASSERT(!must(account_->thread(1)).muted);
  }

  void leavingKeepsTheRest() {
    add({"a", "", "Hi"});
    add({"b", "<a>", "Hi"});
    add({"c", "<b>", "Hi"});
    must(account_->setThread(1, true, {}));
    must(account_->expunge(inbox_, {{2, 2}}, true));
    CPPUNIT_ASSERT_EQUAL(std::string("1:1 3:1<1"), shape());
    must(account_->expunge(inbox_, {{1, 1}}, true));
    CPPUNIT_ASSERT_EQUAL(std::string("3:1"), shape());
    CPPUNIT_ASSERT(must(account_->thread(1)).muted);
    add({"b", "", "Hi"});
    CPPUNIT_ASSERT_EQUAL(std::string("3:1<4 4:1"), shape());
    must(account_->expunge(inbox_, kAll, true));
    CPPUNIT_ASSERT(!account_->thread(1));
  }

  void copiesShareTheThread() {
    add({"a", "", "Hi"});
    add({"b", "<a>", "Hi"});
    const auto archive = must(account_->mailbox("Archive")).id;
    must(account_->copy(inbox_, kAll, archive));
    must(account_->expunge(inbox_, kAll, true));
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, must(account_->thread(1)).messages.size());
    CPPUNIT_ASSERT_EQUAL(MessageId{1}, rows(*account_, archive, kThread).at(1).parent);
  }

  void rethreadRepairs() {
    add({"a", "", "Hi"});
    add({"b", "<a>", "Re: Hi"});
    add({"c", "<a> <b>", "Re: Hi"});
    const auto before = shape();
    account_.reset();
    store_->closeIdle(0);
    {
      db::Vfs vfs(*env_);
      db::OpenOptions open;
      open.application = kIndexApplication;
      open.version = kIndexVersion;
      must(must(db::Database::open(vfs, "data/ann/index.db", open))
               ->exec("DELETE FROM links; UPDATE cold SET thread=id,parent=0,subject=''"));
    }
    account_ = must(store_->open("ann"));
    CPPUNIT_ASSERT_EQUAL(std::string("1:1 2:2 3:3"), shape());
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{2}, must(rethread(*account_)));
    CPPUNIT_ASSERT_EQUAL(before, shape());
    const auto id = add({"d", "<c>", "Re: Hi"});
    CPPUNIT_ASSERT_EQUAL(before + " " + std::to_string(id) + ":1<3", shape());
  }

 private:
  std::unique_ptr<env::FaultEnv> env_;
  std::unique_ptr<Store> store_;
  std::shared_ptr<Account> account_;
  MailboxId inbox_ = 0;
};

CPPUNIT_TEST_SUITE_REGISTRATION(ThreadsTest);

}  // namespace posthouse::store::testing
