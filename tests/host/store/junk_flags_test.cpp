// Keywords: spelling and limits; $Junk and $NotJunk: exclusive, and set by mailboxes.
#include "store/junk_flags.hpp"

#include "store_fixture.hpp"

namespace posthouse::store::testing {

class JunkFlagsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(JunkFlagsTest);
  CPPUNIT_TEST(mailboxesDecide);
  CPPUNIT_TEST(oneRemovesTheOther);
  CPPUNIT_TEST(spellsWellKnownKeywords);
  CPPUNIT_TEST(refusesBadKeywords);
  CPPUNIT_TEST(removingMakesNoKeyword);
  CPPUNIT_TEST(appendCopyAndMove);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    store_ = std::make_unique<Store>(env_, "data", testOptions());
    account_ = must(store_->create("ann"));
    inbox_ = must(account_->mailbox("INBOX")).id;
  }
  void tearDown() override { assertClean(*account_); }

  static Pattern pattern(const char* text) { return *text == '\0' ? Pattern() : must(Pattern::compile(text)); }
  static AccountSettings rules(const char* junk, const char* neutral, const char* notJunk) {
    AccountSettings settings;
    settings.junkFlags = {true, pattern(junk), pattern(neutral), pattern(notJunk)};
    return settings;
  }
  std::string keywordsOf(const char* mailbox, Uid uid) {
    for (const auto& row : rows(*account_, must(account_->mailbox(mailbox)).id))
      if (row.uid == uid) return row.keywords;
    return "(no such message)";
  }

  void mailboxesDecide() {
    const struct {
      const char *junk, *neutral, *notJunk, *mailbox, *wanted;
    } cases[] = {
        {"^spam", "", "", "Spam/Old", "junk"},
        {"^spam", "", "", "INBOX", "-"},
        {"^spam", "^inbox", "", "INBOX", "neutral"},
        {"^spam", "^inbox", "", "Lists", "not junk"},
        {"", "^inbox", "^lists", "Other", "junk"},
        {"^spam", "", "^lists", "Other", "neutral"},
        {"x", "x", "x", "x", "junk"},
        {"a", "b", "c", "d", "-"},
        {"", "", "", "INBOX", "-"},
        {"^grüß", "", "", "GRÜSSE", "-"},
        {"^ü", "", "", "Über", "junk"},
    };
    const char* names[] = {"neutral", "junk", "not junk"};
    for (const auto& c : cases) {
      Mailbox m;
      m.name = c.mailbox;
      const auto state = junkStateOf(m, rules(c.junk, c.neutral, c.notJunk));
      CPPUNIT_ASSERT_EQUAL_MESSAGE(c.mailbox, std::string(c.wanted),
                                   std::string(state ? names[static_cast<int>(*state)] : "-"));
    }
    Mailbox m;
    m.name = "Inbox";
    auto off = rules("inbox", "", "");
    off.junkFlags.enabled = false;
    CPPUNIT_ASSERT(!junkStateOf(m, off));
    m.use = Use::Junk;
    CPPUNIT_ASSERT(junkStateOf(m, off) == JunkState::Junk);
  }

  void oneRemovesTheOther() {
    must(account_->append(request(text("a"))));
    const auto set = [&](FlagChange::Mode mode, std::vector<std::string> words) {
      must(account_->setFlags(inbox_, kAll, {mode, {0, std::move(words)}, {}}));
      return keywordsOf("INBOX", 1);
    };
    CPPUNIT_ASSERT_EQUAL(std::string("$Junk Word"), set(FlagChange::Add, {"$junk", "Word"}));
    CPPUNIT_ASSERT_EQUAL(std::string("$NotJunk Word"), set(FlagChange::Add, {"$NOTJUNK"}));
    CPPUNIT_ASSERT_EQUAL(std::string("$NotJunk Word"), set(FlagChange::Remove, {"$Junk"}));
    CPPUNIT_ASSERT_EQUAL(std::string("$NotJunk Word other"), set(FlagChange::Add, {"other"}));
    CPPUNIT_ASSERT_EQUAL(std::string("Word other"), set(FlagChange::Add, {"$Junk", "$NotJunk"}));
    CPPUNIT_ASSERT_EQUAL(std::string("$Junk"), set(FlagChange::Replace, {"$Junk"}));
    CPPUNIT_ASSERT_EQUAL(std::string("x"), set(FlagChange::Replace, {"$Junk", "$NotJunk", "x"}));
  }

  void spellsWellKnownKeywords() {
    auto r = request("x");
    r.flags.keywords = {"$FORWARDED", "$mdnsent", "$phishing", "OWN"};
    must(account_->append(r));
    CPPUNIT_ASSERT_EQUAL(std::string("$Forwarded $MDNSent $Phishing OWN"), keywordsOf("INBOX", 1));
    r.flags.keywords = {"own"};
    must(account_->append(r));
    CPPUNIT_ASSERT_EQUAL(std::string("OWN"), keywordsOf("INBOX", 2));
  }

  void refusesBadKeywords() {
    auto r = request("x");
    for (const std::string bad : {"", "two words", "a(b", "\\Own", "a]", "b\"", "a*", "grün", "a%b"}) {
      r.flags.keywords = {bad};
      const auto done = account_->append(r);
      CPPUNIT_ASSERT_MESSAGE(bad, !done && done.error().kind == ph::Kind::Invalid);
    }
    r.flags.keywords.clear();
    for (int i = 0; i <= 100; ++i) r.flags.keywords.push_back("k" + std::to_string(i));
    CPPUNIT_ASSERT(account_->append(r).error().kind == ph::Kind::Limit);
    ph::Status full;
    for (int i = 0; i < 1010 && full; ++i) {
      r.flags.keywords = {"n" + std::to_string(i)};
      const auto done = account_->append(r);
      if (!done) full = done.error();
    }
    CPPUNIT_ASSERT(!full && full.error().kind == ph::Kind::Limit);
    CPPUNIT_ASSERT_EQUAL(1000U, must(account_->mailbox("INBOX")).messages);
  }

  void removingMakesNoKeyword() {
    must(account_->append(request("x")));
    must(account_->setFlags(inbox_, kAll, {FlagChange::Remove, {0, {"Unknown"}}, {}}));
    CPPUNIT_ASSERT_EQUAL(std::string(), must(account_->mailbox("INBOX")).keywords);
  }

  void appendCopyAndMove() {
    store_->setSettings({{"ann", std::make_shared<const AccountSettings>(rules("", "^inbox", "^archive"))}});
    auto r = request("x");
    must(account_->append(r));
    CPPUNIT_ASSERT_EQUAL(std::string(), keywordsOf("INBOX", 1));
    r.flags.keywords = {"$NotJunk", "Own"};
    must(account_->append(r));
    CPPUNIT_ASSERT_EQUAL(std::string("$NotJunk Own"), keywordsOf("INBOX", 2));
    r.mailbox = "Junk";
    must(account_->append(r));
    CPPUNIT_ASSERT_EQUAL(std::string("$Junk Own"), keywordsOf("Junk", 1));

    const auto id = [&](const char* name) { return must(account_->mailbox(name)).id; };
    must(account_->copy(inbox_, kAll, id("Junk")));
    CPPUNIT_ASSERT_EQUAL(std::string("$Junk"), keywordsOf("Junk", 2));
    CPPUNIT_ASSERT_EQUAL(std::string("$Junk Own"), keywordsOf("Junk", 3));
    CPPUNIT_ASSERT_EQUAL(std::string("$NotJunk Own"), keywordsOf("INBOX", 2));
    must(account_->move(id("Junk"), {{1, 1}}, id("Archive")));
    CPPUNIT_ASSERT_EQUAL(std::string("$NotJunk Own"), keywordsOf("Archive", 1));
    must(account_->move(id("Archive"), kAll, inbox_));
    CPPUNIT_ASSERT_EQUAL(std::string("Own"), keywordsOf("INBOX", 3));
    must(account_->move(id("Junk"), {{2, 2}}, id("Trash")));
    CPPUNIT_ASSERT_EQUAL(std::string("$Junk"), keywordsOf("Trash", 1));
    CPPUNIT_ASSERT_EQUAL(std::string("$NotJunk Own"), sortedKeywords("INBOX"));
  }
  std::string sortedKeywords(const char* mailbox) {
    auto words = splitKeywords(must(account_->mailbox(mailbox)).keywords);
    std::sort(words.begin(), words.end());
    std::string all;
    for (const auto& w : words) all += (all.empty() ? "" : " ") + w;
    return all;
  }

 private:
  env::FaultEnv env_;
  std::unique_ptr<Store> store_;
  std::shared_ptr<Account> account_;
  MailboxId inbox_ = 0;
};

CPPUNIT_TEST_SUITE_REGISTRATION(JunkFlagsTest);

}  // namespace posthouse::store::testing
