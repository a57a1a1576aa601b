// What is remembered about how mail came, and what it answers later.
#include "db/database.hpp"
#include "store/schema.hpp"
#include "store_fixture.hpp"

namespace posthouse::store::testing {

class DeliveriesTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(DeliveriesTest);
  CPPUNIT_TEST(networks);
  CPPUNIT_TEST(findsByEachProperty);
  CPPUNIT_TEST(onlyJudgedMailCounts);
  CPPUNIT_TEST(forwardersSayNothing);
  CPPUNIT_TEST(goesWithItsMessage);
  CPPUNIT_TEST(knowsCorrespondents);
  CPPUNIT_TEST(queriesUseIndexes);
  CPPUNIT_TEST_SUITE_END();

 public:
  using By = PastQuery::By;

  void setUp() override {
    store_ = std::make_unique<Store>(env_, "data", testOptions());
    account_ = must(store_->create("ann"));
    inbox_ = must(account_->mailbox("INBOX")).id;
  }
  void tearDown() override { assertClean(*account_); }

  static DeliveryInfo info() {
    DeliveryInfo i;
    i.remoteIp = "192.0.2.77";
    i.heloDomain = "mx.example.org";
    i.mailFrom = {"Bounce", "lists.example.org"};
    i.from = {"Jane", "mail.example.org"};
    i.fromOrgDomain = "example.org";
    i.dkimDomains = {"dkim.example.org", "example.net"};
    i.fromValidation = Validation::Dmarc;
    return i;
  }
  MessageId deliver(const DeliveryInfo& i, const char* keyword = "$Junk", std::int64_t date = 1'700'000'000) {
    auto r = request("x");
    r.delivery = i;
    r.date = date;
    if (*keyword != '\0') r.flags.keywords = {keyword};
    return must(account_->append(r)).id;
  }
  std::size_t count(By by, std::string value, std::string localpart = {}, std::optional<bool> validated = {}) {
    PastQuery q;
    q.by = by;
    q.value = std::move(value);
    q.localpart = std::move(localpart);
    q.validated = validated;
    return must(account_->pastDeliveries(q)).size();
  }

  void networks() {
    const struct {
      const char* ip;
      int level;
      const char* wanted;
    } cases[] = {{"192.0.2.77", 1, "192.0.2.77"},
                 {"192.0.2.77", 2, "192.0.2.64"},
                 {"192.0.15.77", 3, "192.0.8.0"},
                 {"::ffff:192.0.2.77", 2, "192.0.2.64"},
                 {"2001:db8:1:2:3:4:5:6", 1, "2001:db8:1:2::"},
                 {"2001:db8:1:2:3:4:5:6", 2, "2001:db8:1::"},
                 {"2001:db8:1:2:3:4:5:6", 3, "2001:db8::"},
                 {"nonsense", 1, ""},
                 {"", 1, ""},
                 {"192.0.2.77", 4, ""}};
    for (const auto& c : cases) CPPUNIT_ASSERT_EQUAL(std::string(c.wanted), maskedIp(c.ip, c.level));
  }

  void findsByEachProperty() {
    deliver(info());
    const struct {
      By by;
      const char *value, *localpart;
    } hits[] = {{By::From, "mail.example.org", "jane"},
                {By::FromDomain, "mail.example.org", ""},
                {By::FromOrgDomain, "example.org", ""},
                {By::MailFrom, "lists.example.org", "BOUNCE"},
                {By::MailFromDomain, "lists.example.org", ""},
                {By::HeloDomain, "mx.example.org", ""},
                {By::DkimDomain, "example.net", ""},
                {By::Ip1, "192.0.2.77", ""},
                {By::Ip2, "192.0.2.64", ""},
                {By::Ip3, "192.0.0.0", ""}};
    for (const auto& h : hits) {
      CPPUNIT_ASSERT_EQUAL_MESSAGE(h.value, std::size_t{1}, count(h.by, h.value, h.localpart));
      CPPUNIT_ASSERT_EQUAL_MESSAGE(h.value, std::size_t{0}, count(h.by, std::string("x") + h.value, h.localpart));
    }
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, count(By::From, "mail.example.org", "joe"));
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, count(By::Ip1, ""));
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, count(By::From, "mail.example.org", "jane", true));
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, count(By::From, "mail.example.org", "jane", false));
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, count(By::HeloDomain, "mx.example.org", "", true));
  }

  void onlyJudgedMailCounts() {
    const auto junk = deliver(info(), "$Junk", 1000);
    const auto good = deliver(info(), "$NotJunk", 2000);
    deliver(info(), "", 3000);
    auto reject = info();
    reject.isReject = true;
    deliver(reject, "$Junk", 4000);
    PastQuery q;
    q.value = "mail.example.org";
    q.by = By::FromDomain;
    auto past = must(account_->pastDeliveries(q));
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, past.size());
    CPPUNIT_ASSERT(past[0].id == good && !past[0].junk && past[0].from.localpart == "jane" && past[0].validated);
    CPPUNIT_ASSERT(past[1].id == junk && past[1].junk);
    // A copy is not a second delivery.
    must(account_->copy(inbox_, {{2, 2}}, must(account_->mailbox("Archive")).id));
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, must(account_->pastDeliveries(q)).size());
    q.since = 1500;
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, must(account_->pastDeliveries(q)).size());
    q.since = 0;
    q.max = 1;
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, must(account_->pastDeliveries(q)).size());
    q.mailbox = inbox_ + 1;
    CPPUNIT_ASSERT(must(account_->pastDeliveries(q)).empty());
  }

  void forwardersSayNothing() {
    auto i = info();
    i.isForward = true;
    i.origDkimDomains = {"forwarder.example"};
    deliver(i);
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, count(By::Ip1, "192.0.2.77"));
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, count(By::DkimDomain, "forwarder.example"));
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, count(By::DkimDomain, "example.net"));
  }

  void goesWithItsMessage() {
    deliver(info());
    must(account_->expunge(inbox_, kAll, true));
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, count(By::DkimDomain, "example.net"));
  }

  void knowsCorrespondents() {
    using Whom = Account::Correspondent;
    const std::string message =
        "To: Joe <Joe@Mail.Example.COM>, team: a@b.example, c@d.example;\r\nCc: x@y.example\r\nBcc: z@y.example\r\n"
        "Subject: Hi\r\n\r\nTo: body@body.example\r\n";
    auto r = request(message, "Sent");
    r.date = 1000;
    must(account_->append(r));
    r.mailbox = "Drafts";
    const std::string draft = "To: draft@draft.example\r\n\r\n";
    r.message = draft;
    must(account_->append(r));
    const auto wrote = [&](Whom by, const char* localpart, const char* domain, std::int64_t since = 0) {
      return must(account_->wroteTo(by, {localpart, domain}, since));
    };
    CPPUNIT_ASSERT(wrote(Whom::Address, "joe", "mail.example.com"));
    CPPUNIT_ASSERT(wrote(Whom::Address, "JOE", "mail.example.com", 1000));
    CPPUNIT_ASSERT(!wrote(Whom::Address, "joe", "mail.example.com", 1001));
    CPPUNIT_ASSERT(!wrote(Whom::Address, "jane", "mail.example.com"));
    CPPUNIT_ASSERT(wrote(Whom::Domain, "", "mail.example.com"));
    CPPUNIT_ASSERT(!wrote(Whom::Domain, "", "example.com"));
    CPPUNIT_ASSERT(wrote(Whom::OrgDomain, "", "example.com"));
    for (const char* domain : {"b.example", "d.example", "y.example"}) CPPUNIT_ASSERT(wrote(Whom::Domain, "", domain));
    for (const char* domain : {"body.example", "draft.example"}) CPPUNIT_ASSERT(!wrote(Whom::Domain, "", domain));
    must(account_->expunge(must(account_->mailbox("Sent")).id, kAll, true));
    CPPUNIT_ASSERT(!wrote(Whom::Domain, "", "mail.example.com"));
  }

  // A delivery waits for these: none may read the whole table.
  void queriesUseIndexes() {
    account_.reset();
    store_->closeIdle(0);
    {
      db::Vfs vfs(env_);
      db::OpenOptions open;
      open.application = kIndexApplication;
      open.version = kIndexVersion;
      auto db = must(db::Database::open(vfs, "data/ann/index.db", open));
      for (const char* condition :
           {"from_domain=1", "from_domain=1 AND from_localpart=2", "from_org_domain=1", "mail_from_domain=1",
            "mail_from_domain=1 AND mail_from_localpart=2", "helo_domain=1", "ip1=1", "ip2=1", "ip3=1"}) {
        auto plan = must(db->prepare(std::string("EXPLAIN QUERY PLAN SELECT * FROM deliveries d JOIN messages m ON "
                                                 "m.id=d.id WHERE ") +
                                     condition + " AND d.date>=3"));
        while (must(plan.step()))
          CPPUNIT_ASSERT_MESSAGE(std::string(plan.bytes(3)), plan.bytes(3).substr(0, 6) == "SEARCH");
      }
    }
    account_ = must(store_->open("ann"));
  }

 private:
  env::FaultEnv env_;
  std::unique_ptr<Store> store_;
  std::shared_ptr<Account> account_;
  MailboxId inbox_ = 0;
};

CPPUNIT_TEST_SUITE_REGISTRATION(DeliveriesTest);

}  // namespace posthouse::store::testing
