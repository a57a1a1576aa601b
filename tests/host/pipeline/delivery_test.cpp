// Deliveries through hooks and the wishes of accounts into a real store.
#include "pipeline/delivery.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <cstdlib>
#include <filesystem>

#include "env/fault_env.hpp"
#include "ph/draft/host/accounts.h"
#include "ph/text.hpp"
#include "pipeline/stage_run.hpp"

namespace posthouse::pipeline {
namespace {

// A deliver hook as a function.
struct Judge {
  std::function<void(const Transaction&, ph_result*)> says = [](const Transaction&, ph_result*) {};
  static ph_status run(void* self, const ph_txn* txn, const ph_call*, ph_result* out) {
    out->verdict = makeVerdict(PH_VERDICT_CONTINUE);
    static_cast<Judge*>(self)->says(*Transaction::from(txn), out);
    return PH_OK;
  }
};

void refuseAsJunk(ph_result* out) {
  out->verdict = makeVerdict(PH_VERDICT_TEMPFAIL, 451, "4.3.0", "error processing");
  out->facts.emplace_back("junk.reject", "junk-content");
}

}  // namespace

class DeliveryTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(DeliveryTest);
  CPPUNIT_TEST(defaultsAndRules);
  CPPUNIT_TEST(junkGoesToTheJunkMailbox);
  CPPUNIT_TEST(refusedJunkIsKeptInRejects);
  CPPUNIT_TEST(rulesAcceptRejects);
  CPPUNIT_TEST(allowedListsAreNotJudged);
  CPPUNIT_TEST(forwardersAreForgotten);
  CPPUNIT_TEST(hooksAreToldOfRules);
  CPPUNIT_TEST(forgedResultsAreTakenOut);
  CPPUNIT_TEST(unknownSendersGoToTheIntrobox);
  CPPUNIT_TEST(anAccountGetsItOnce);
  CPPUNIT_TEST(recipientsAreJudgedApart);
  CPPUNIT_TEST(fullMailboxesAreTold);
  CPPUNIT_TEST(impossibleMailboxesLoseNothing);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    char name[] = "/tmp/ph-delivery-XXXXXX";
    folder_ = mkdtemp(name);
    store::Options options;
    options.reserveBytes = 0;
    store_ = std::make_unique<store::Store>(env_, "data", options);
    events_ = std::move(*events::EventLog::open(folder_ + "/events.db"));
    auto h = ph::sized<ph_hook>();
    h.stage = PH_STAGE_DELIVER;
    h.role = PH_ROLE_JUDGE;
    h.name = "judge";
    h.self = &judge_;
    h.run = Judge::run;
    static const char* const kFacts[] = {"junk.reject", nullptr};
    h.provides = kFacts;
    CPPUNIT_ASSERT(hooks_.add(this, "judge", h).ok());
    delivery_ = std::make_unique<Delivery>(*store_, hooks_, pool_, timers_, *events_, "mx.example.org");
  }
  void tearDown() override {
    delivery_.reset();
    events_.reset();
    pool_.stop();
    timers_.stop();
    std::filesystem::remove_all(folder_);
  }

  void policy(AccountPolicy policy) {
    store::AccountSettings settings;
    settings.rejectsMailbox = policy.rejectsMailbox;
    settings.introbox = policy.introbox;
    store_->setSettings({{"ann", std::make_shared<const store::AccountSettings>(settings)}});
    Policies all;
    all.accounts["ann"] = std::move(policy);
    delivery_->setPolicies(std::move(all));
  }
  static Pattern pattern(const char* text) { return *Pattern::compile(text); }

  Transaction mail(const std::string& from = "jane@example.com", std::vector<std::string> to = {"ann@example.org"}) {
    Transaction txn;
    txn.reversePath = "bounces@lists.example.org";
    txn.remoteIp = "192.0.2.1";
    for (const auto& address : to) {
      Recipient r;
      r.kind = PH_ADDRESS_ACCOUNT;
      r.forwardPath = address;
      r.account = address.substr(0, address.find_first_of("+@"));
      txn.rcpts.push_back(r);
    }
    txn.message = mail::MessageRef(mail::newBuffer(folder_, 1 << 20));
    const auto text = "From: " + from + "\r\nMessage-ID: <" + std::to_string(++number_) + "@x>\r\n\r\nx\r\n";
    CPPUNIT_ASSERT_EQUAL(ph_status{PH_OK}, txn.message->write(text));
    CPPUNIT_ASSERT_EQUAL(ph_status{PH_OK}, txn.message->finish());
    return txn;
  }
  // "verdict: mailbox=messages ..." of all mailboxes of ann that hold any.
  std::string deliver(Transaction txn) {
    auto out = std::to_string(delivery_->deliver(txn).verdict) + ":";
    const auto account = store_->openOrCreate("ann");
    CPPUNIT_ASSERT(account.ok());
    const auto mailboxes = (*account)->mailboxes();
    for (const auto& m : *mailboxes)
      if (m.messages > 0) out += " " + m.name + "=" + std::to_string(m.messages);
    return out;
  }
  std::shared_ptr<store::Account> ann() { return *store_->openOrCreate("ann"); }

  void defaultsAndRules() {
    policy({.rules = {{.from = pattern("joe"), .mailbox = "Joe"},
                      {.address = "ann+x@example.org", .mailFrom = pattern("^bounces@"), .mailbox = "X"}},
            .mailboxes = {{"ann+work@example.org", "Work"}}});
    CPPUNIT_ASSERT_EQUAL(std::string("0: INBOX=1"), deliver(mail()));
    CPPUNIT_ASSERT_EQUAL(std::string("0: INBOX=1 Joe=1"), deliver(mail("joe@example.org")));
    CPPUNIT_ASSERT_EQUAL(std::string("0: INBOX=1 Joe=1 X=1"), deliver(mail("a@b.example", {"ann+x@example.org"})));
    CPPUNIT_ASSERT_EQUAL(std::string("0: INBOX=1 Joe=1 Work=1 X=1"),
                         deliver(mail("a@b.example", {"ann+work@example.org"})));
    judge_.says = [](const Transaction&, ph_result* out) { out->mailbox = "Hook"; };
    CPPUNIT_ASSERT_EQUAL(std::string("0: Hook=1 INBOX=1 Joe=1 Work=1 X=1"), sorted(deliver(mail("joe@example.org"))));
  }
  // INBOX comes first otherwise.
  static std::string sorted(const std::string& text) {
    std::vector<std::string> words;
    for (std::size_t at = text.find(' '); at != std::string::npos;) {
      const auto end = text.find(' ', at + 1);
      words.push_back(text.substr(at, end == std::string::npos ? end : end - at));
      at = end;
    }
    std::sort(words.begin(), words.end());
    auto out = text.substr(0, text.find(' '));
    for (const auto& w : words) out += w;
    return out;
  }

  void junkGoesToTheJunkMailbox() {
    judge_.says = [](const Transaction&, ph_result* out) { out->verdict = makeVerdict(PH_VERDICT_JUNK); };
    CPPUNIT_ASSERT_EQUAL(std::string("0: Junk=1"), deliver(mail()));
    CPPUNIT_ASSERT(ann()->renameMailbox("Junk", "Spam").ok());
    CPPUNIT_ASSERT_EQUAL(std::string("0: Spam=2"), deliver(mail()));
  }

  void refusedJunkIsKeptInRejects() {
    judge_.says = [](const Transaction&, ph_result* out) { refuseAsJunk(out); };
    CPPUNIT_ASSERT_EQUAL(std::string("4:"), deliver(mail()));
    policy({.rejectsMailbox = "Rejects"});
    auto again = mail();
    CPPUNIT_ASSERT_EQUAL(std::string("4: Rejects=1"), deliver(again));
    CPPUNIT_ASSERT_EQUAL(std::string("4: Rejects=1"), deliver(again));
    CPPUNIT_ASSERT_EQUAL(0U, ann()->mailbox("Rejects")->unseen);
    // A refusal for another reason keeps nothing.
    judge_.says = [](const Transaction&, ph_result* out) {
      out->verdict = makeVerdict(PH_VERDICT_REJECT, 550, "5.7.1", "no");
    };
    CPPUNIT_ASSERT_EQUAL(std::string("5: Rejects=1"), deliver(mail()));
    // Accepted at last.
    judge_.says = [](const Transaction&, ph_result*) {};
    CPPUNIT_ASSERT_EQUAL(std::string("0: INBOX=1"), deliver(again));
  }

  void rulesAcceptRejects() {
    judge_.says = [](const Transaction&, ph_result* out) { refuseAsJunk(out); };
    policy({.rules = {{.from = pattern("joe"), .acceptRejectsTo = "Doubtful"}}, .rejectsMailbox = "Rejects"});
    CPPUNIT_ASSERT_EQUAL(std::string("0: Doubtful=1"), deliver(mail("joe@example.org")));
    CPPUNIT_ASSERT_EQUAL(std::string("4: Doubtful=1 Rejects=1"), deliver(mail()));
  }

  void allowedListsAreNotJudged() {
    policy({.rules = {{.mailFrom = pattern("^bounces@"), .mailbox = "List", .listAllowDomain = "lists.example.org"}},
            .rejectsMailbox = "Rejects"});
    judge_.says = [](const Transaction&, ph_result* out) { refuseAsJunk(out); };
    auto txn = mail();
    txn.facts["auth.spf"] = "fail";
    CPPUNIT_ASSERT_EQUAL(std::string("4: Rejects=1"), deliver(txn));
    txn.facts["auth.spf"] = "pass";
    CPPUNIT_ASSERT_EQUAL(std::string("0: List=1"), deliver(txn));
    judge_.says = [](const Transaction&, ph_result* out) { out->verdict = makeVerdict(PH_VERDICT_JUNK); };
    CPPUNIT_ASSERT_EQUAL(std::string("0: List=2"), deliver(txn));
  }

  std::size_t past(store::PastQuery::By by, const char* value) {
    store::PastQuery query;
    query.by = by;
    query.value = value;
    const auto inbox = ann()->mailbox("INBOX")->id;
    (void)ann()->setFlags(inbox, {{}}, {store::FlagChange::Add, {0, {"$NotJunk"}}, {}});
    return ann()->pastDeliveries(query)->size();
  }

  void forwardersAreForgotten() {
    using By = store::PastQuery::By;
    policy({.rules = {{.mailFrom = pattern("^bounces@"), .verifiedDomain = "example.org", .isForward = true}}});
    auto txn = mail();
    txn.facts["auth.spf"] = "pass";
    txn.facts["auth.dkim"] = "pass:example.org pass:example.com";
    CPPUNIT_ASSERT_EQUAL(std::string("0: INBOX=1"), deliver(txn));
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, past(By::Ip1, "192.0.2.1"));
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, past(By::MailFromDomain, "lists.example.org"));
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, past(By::DkimDomain, "example.org"));
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, past(By::DkimDomain, "example.com"));
    txn.facts["auth.spf"] = "none";
    txn.facts["auth.dkim"] = "";
    CPPUNIT_ASSERT_EQUAL(std::string("0: INBOX=2"), deliver(txn));
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, past(By::Ip1, "192.0.2.1"));
  }

  void hooksAreToldOfRules() {
    policy({.rules = {{.mailFrom = pattern("^bounces@"), .verifiedDomain = "example.org", .isForward = true},
                      {.mailFrom = pattern("^bounces@"), .listAllowDomain = "lists.example.org"}}});
    std::string told;
    judge_.says = [&](const Transaction& txn, ph_result*) {
      const auto fact = txn.facts.find("rcpt.rule");
      told += fact == txn.facts.end() ? "-" : fact->second;
      told += " ";
    };
    auto txn = mail("jane@example.com", {"ann@example.org", "joe@example.org"});
    txn.facts["auth.dkim"] = "pass:example.org";
    (void)deliver(txn);
    txn.facts["auth.dkim"] = "";
    txn.facts["auth.spf"] = "pass";
    txn.reversePath = "bounces@lists.example.org";
    (void)deliver(txn);
    // joe has no rules.
    CPPUNIT_ASSERT_EQUAL(std::string("forwarded - forwarded - "), told);
    told.clear();
    policy({.rules = {{.mailFrom = pattern("^bounces@"), .listAllowDomain = "lists.example.org"}}});
    (void)deliver(txn);
    txn.facts["auth.spf"] = "fail";
    (void)deliver(txn);
    CPPUNIT_ASSERT_EQUAL(std::string("mailing_list - - - "), told);
  }

  // The first message of ann's INBOX, as a client sees it.
  std::string stored() {
    const auto rows = ann()->query(ann()->mailbox("INBOX")->id, 1, UINT32_MAX, store::kSize);
    const auto file = ann()->open(rows->rows.at(0).id);
    std::string out(file->size(), ' ');
    CPPUNIT_ASSERT_EQUAL(out.size(), *file->read(0, out.data(), out.size()));
    return out;
  }

  // RFC 8601 5.
  void forgedResultsAreTakenOut() {
    policy({});
    judge_.says = [](const Transaction&, ph_result* out) { out->authResults.push_back("spf=fail smtp.helo=x"); };
    auto txn = mail();
    txn.message = mail::MessageRef(mail::newBuffer(folder_, 1 << 20));
    const std::string first = "Received: from x\r\n", others = "authentication-results: mx.example.net; spf=pass\r\n";
    const std::string forged = "Authentication-RESULTS : (a\\) \"(b)) MX.example.org 1; spf=pass\r\n\tsmtp.helo=x\r\n";
    const std::string quoted = "Authentication-Results:\r\n \"mx.example.org\"; dmarc=pass\r\n";
    const std::string rest = "From: a@b.example\r\n\r\nAuthentication-Results: mx.example.org; in the body\r\n";
    CPPUNIT_ASSERT_EQUAL(ph_status{PH_OK}, txn.message->write(forged + first + quoted + forged + others + rest));
    CPPUNIT_ASSERT_EQUAL(ph_status{PH_OK}, txn.message->finish());
    CPPUNIT_ASSERT_EQUAL(std::string("0: INBOX=1"), deliver(txn));
    const auto text = stored();
    const size_t at = text.find(first);
    CPPUNIT_ASSERT(at != std::string::npos);
    CPPUNIT_ASSERT_EQUAL(first + others + rest, text.substr(at));
    CPPUNIT_ASSERT(text.find("Authentication-Results: mx.example.org; spf=fail smtp.helo=x\r\n") < at);
  }

  void unknownSendersGoToTheIntrobox() {
    policy({.mailboxes = {{"ann+work@example.org", "Work"}}, .introbox = "New"});
    CPPUNIT_ASSERT_EQUAL(std::string("0: New=1"), deliver(mail("jane@example.com")));
    CPPUNIT_ASSERT_EQUAL(std::string("0: New=2"), deliver(mail("jane@example.com")));
    CPPUNIT_ASSERT_EQUAL(std::string("0: New=2 Work=1"), deliver(mail("x@example.com", {"ann+work@example.org"})));
    const auto fresh = ann()->mailbox("New")->id;
    CPPUNIT_ASSERT(ann()->move(fresh, {{1, 1}}, ann()->mailbox("INBOX")->id).ok());
    CPPUNIT_ASSERT_EQUAL(std::string("0: INBOX=2 New=1 Work=1"), deliver(mail("jane@example.com")));
    store::AppendRequest sent;
    sent.mailbox = "Sent";
    sent.message = "To: joe@example.net\r\n\r\n";
    sent.date = std::time(nullptr);
    CPPUNIT_ASSERT(ann()->append(sent).ok());
    CPPUNIT_ASSERT_EQUAL(std::string("0: INBOX=3 New=1 Sent=1 Work=1"), deliver(mail("Joe <joe@example.net>")));
  }

  void anAccountGetsItOnce() {
    auto txn = mail("a@b.example", {"ann@example.org", "ann+x@example.org", "joe@example.org", "ann@example.org"});
    CPPUNIT_ASSERT_EQUAL(std::string("0: INBOX=1"), deliver(txn));
    CPPUNIT_ASSERT_EQUAL(1U, (*store_->openOrCreate("joe"))->mailbox("INBOX")->messages);
    // What the first address refuses the second may accept.
    judge_.says = [](const Transaction& t, ph_result* out) {
      if (t.current == 0) out->verdict = makeVerdict(PH_VERDICT_REJECT, 550, "5.7.1", "no");
    };
    CPPUNIT_ASSERT_EQUAL(std::string("0: INBOX=2"),
                         deliver(mail("a@b.example", {"ann@example.org", "ann+x@example.org"})));
  }

  void recipientsAreJudgedApart() {
    judge_.says = [](const Transaction& t, ph_result* out) {
      if (t.rcpts[t.current].account != "joe") return;
      out->verdict = makeVerdict(PH_VERDICT_JUNK);
      out->headers.emplace_back("X-Judged", "joe");
    };
    auto txn = mail("a@b.example", {"joe@example.org", "ann@example.org"});
    CPPUNIT_ASSERT_EQUAL(std::string("0: INBOX=1"), deliver(txn));
    const auto row = ann()->query(ann()->mailbox("INBOX")->id, 1, 1, 0);
    const auto file = ann()->open(row->rows.at(0).id);
    std::string bytes(file->size(), '\0');
    CPPUNIT_ASSERT(file->read(0, bytes.data(), bytes.size()).ok());
    CPPUNIT_ASSERT(bytes.find("X-Judged") == std::string::npos);
  }

  void fullMailboxesAreTold() {
    store::AccountSettings settings;
    settings.quota = 10;
    store_->setSettings({{"ann", std::make_shared<const store::AccountSettings>(settings)}});
    auto txn = mail();
    const auto v = delivery_->deliver(txn);
    CPPUNIT_ASSERT_EQUAL(452, v.code);
    CPPUNIT_ASSERT_EQUAL(std::string("4.2.2"), std::string(v.enhanced));
  }

  void impossibleMailboxesLoseNothing() {
    judge_.says = [](const Transaction&, ph_result* out) { out->mailbox = "a//b"; };
    CPPUNIT_ASSERT_EQUAL(std::string("0: INBOX=1"), deliver(mail()));
  }

 private:
  int number_ = 0;
  std::string folder_;
  env::FaultEnv env_;
  Judge judge_;
  Hooks hooks_;
  jobs::Pool pool_{"hook", 4, 100};
  jobs::Timers timers_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<events::EventLog> events_;
  std::unique_ptr<Delivery> delivery_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(DeliveryTest);

}  // namespace posthouse::pipeline
