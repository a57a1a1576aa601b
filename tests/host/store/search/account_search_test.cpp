// The index against reading every message: what a scan finds is always among the candidates, and they are few.
#include "store/search/account_search.hpp"

#include <algorithm>
#include <random>

#include "../store_fixture.hpp"
#include "ph/charset/convert.hpp"
#include "ph/mime/decode.hpp"
#include "ph/mime/parse.hpp"
#include "ph/mime/search_text.hpp"
#include "store/search/grams.hpp"

namespace posthouse::store::testing {
namespace {

using search::Candidates;
using Uids = std::vector<Uid>;

const std::vector<std::string> kWords = {"Straße",
                                         "naïve",
                                         "ÅNGSTRÖM",
                                         "東京都庁",
                                         "日本",
                                         "Ελλάδα",
                                         "Привет",
                                         "quick",
                                         "brown",
                                         "foxes",
                                         "jumps",
                                         "over",
                                         "lazily",
                                         "\"quoted\"",
                                         "a*b+c",
                                         "10%",
                                         "e\xCC\x81"
                                         "clair",
                                         "ﬁsh",
                                         "x",
                                         "yz",
                                         "emoji😀here"};

std::string pick(std::mt19937& random, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += (i ? " " : "") + kWords[random() % kWords.size()];
  return out;
}

std::string message(std::mt19937& random) {
  std::string out = "From: \"" + std::string("P") + std::to_string(random() % 30) + "\" <p@example.org>\r\n";
  out += "Subject: =?utf-8?B?" + ph::mime::encodeBase64(pick(random, 2), false) + "?=\r\n";
  const std::string body = pick(random, 6) + "\r\n" + pick(random, 4) + "\r\n";
  switch (random() % 5) {
    case 0:
      return out + "Content-Type: text/plain; charset=utf-8\r\n\r\n" + body;
    case 1:
      return out + "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
             ph::mime::encodeBase64(body, true);
    case 2:
      return out + "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
             ph::mime::encodeQuotedPrintable(body);
    case 3:
      return out + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n" +
             "Subject: " + pick(random, 1) + "\r\n\r\n" + body + "\r\n--b--\r\n";
    default:
      return out +
             "Content-Type: text/plain; charset=iso-8859-1\r\n\r\ncaf\xe9 \xfc"
             "ber " +
             std::to_string(random() % 1000) + "\r\n";
  }
}

class AccountSearchTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(AccountSearchTest);
  CPPUNIT_TEST(sameAsAScan);
  CPPUNIT_TEST(survivesLossAndDamage);
  CPPUNIT_TEST(refusesAnothersIndex);
  CPPUNIT_TEST(afterAPowerCut);
  CPPUNIT_TEST(smallerThanTheText);
  CPPUNIT_TEST(tooLargeIsAlwaysACandidate);
  CPPUNIT_TEST(hurriedStepsAreShort);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    options_ = testOptions();
    options_.search = true;
    options_.pace.quiet = std::chrono::hours(1);  // the tests do the steps
    options_.pace.longest = std::chrono::hours(1);
    open();
  }
  void tearDown() override { close(); }

  void sameAsAScan() {
    std::mt19937 random(20);
    const auto other = must(account_->createMailbox("Other"));
    for (int round = 0; round < 6; ++round) {
      for (int i = 0; i < 60; ++i) must(account_->append(request(message(random), i % 4 ? "INBOX" : "Other")));
      const auto there = rows(*account_, inbox_, 0);
      const Uid a = there[random() % there.size()].uid;
      must(account_->move(inbox_, {{a, a + 4}}, other));
      const Uid b = there[random() % there.size()].uid;
      must(account_->expunge(inbox_, {{b, b + 6}}, true));
      must(account_->copy(other, {{1, 3}}, inbox_));
      // Some rounds leave what is new, or all, for the scan.
      if (round % 3 != 0) index();
      if (round == 3) open();
      for (int i = 0; i < 40; ++i) {
        const auto word = kWords[random() % kWords.size()];
        compare(inbox_, i % 3 == 0 ? pick(random, 2) : word.substr(0, i % 2 ? word.size() : cut(word, random() % 5)));
        compare(other, word);
      }
      for (const char* word :
           {"caf\xc3\xa9", "CAF\xc3\x89", "strasse", "FISH", "subject: p", "nothing of it", "p1\" <p@"})
        compare(inbox_, word);
    }
    CPPUNIT_ASSERT(compared_ > 150);
  }

  void survivesLossAndDamage() {
    std::mt19937 random(3);
    for (int i = 0; i < 80; ++i) must(account_->append(request(message(random))));
    index();
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{80}, must(account_->search().progress()).indexed);
    CPPUNIT_ASSERT(isIndexed());
    close();
    must(search::SearchDb::remove(vfs(), path()));
    open();
    CPPUNIT_ASSERT(!isIndexed());
    compare(inbox_, "brown");
    index();
    CPPUNIT_ASSERT(isIndexed());
    compare(inbox_, "brown");
    for (const std::uint64_t at : {0, 16, 70, 5000, 9000, 20000}) {
      close();
      {
        auto file = must(env_.open(path(), env::Open::ReadWrite));
        if (at < must(file->size())) must(file->write(at, std::string(3000, '\x5a')));
      }
      open();
      compare(inbox_, "brown");
      index();
      compare(inbox_, "brown");
      compare(inbox_, "quick");
      CPPUNIT_ASSERT(isIndexed());
    }
    must(account_->search().reset());
    CPPUNIT_ASSERT(!isIndexed());
    compare(inbox_, "brown");
    index();
    CPPUNIT_ASSERT(isIndexed());
  }

  // The index of one account must never answer for the messages of another.
  void refusesAnothersIndex() {
    std::mt19937 random(5);
    for (int i = 0; i < 80; ++i) must(account_->append(request(message(random))));
    index();
    const auto bytes = read(path());
    auto second = must(store_->create("bob"));
    for (int i = 0; i < 80; ++i) must(second->append(request(message(random))));
    second.reset();
    close();
    auto file = must(env_.open("accounts/bob/search.db", env::Open::CreateNew));
    must(file->write(0, bytes));
    file.reset();
    open();
    account_ = must(store_->open("bob"));
    inbox_ = must(account_->mailbox("INBOX")).id;
    for (const auto& word : kWords) compare(inbox_, word);
    index();
    CPPUNIT_ASSERT(isIndexed());
    for (const auto& word : kWords) compare(inbox_, word);
  }

  void afterAPowerCut() {
    std::mt19937 random(9);
    for (int i = 0; i < 40; ++i) must(account_->append(request(message(random))));
    index();
    for (int round = 0; round < 12; ++round) {
      for (int i = 0; i < 15; ++i) must(account_->append(request(message(random))));
      env_.cutAt(1 + static_cast<unsigned>(random() % 40));
      while (account_->search().step().valueOr(false)) {
      }
      account_.reset();
      store_.reset();
      env_.powerCut(static_cast<env::Cut>(random() % 4), static_cast<unsigned>(random()));
      open();
      for (int i = 0; i < 10; ++i) compare(inbox_, kWords[random() % kWords.size()]);
      index();
      CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, must(account_->search().progress()).waiting);
      for (int i = 0; i < 10; ++i) compare(inbox_, kWords[random() % kWords.size()]);
    }
  }

  void smallerThanTheText() {
    std::mt19937 random(11);
    // Words of syllables, few of them often: as languages have it.
    std::vector<std::string> words;
    for (int i = 0; i < 3000; ++i) {
      std::string w;
      for (unsigned n = 1 + random() % 3; n > 0; --n) {
        w += "bcdfglmnprstv"[random() % 13];
        w += "aeiou"[random() % 5];
        if (random() % 2 != 0) w += "nrs"[random() % 3];
      }
      words.push_back(w);
    }
    const auto word = [&] { return words[random() % words.size() * (random() % words.size()) / words.size()]; };
    std::size_t text = 0;
    for (int i = 0; i < 600; ++i) {
      std::string body = "Subject: " + word() + "\r\n\r\n";
      while (body.size() < 4500) body += word() + (random() % 9 ? " " : "\r\n");
      must(account_->append(request(body)));
      text += body.size();
    }
    index();
    close();
    const auto size = must(env_.info(path())).size;
    CPPUNIT_ASSERT_MESSAGE(std::to_string(size) + " bytes for " + std::to_string(text), size < text * 3 / 4);
  }

  void tooLargeIsAlwaysACandidate() {
    std::mt19937 random(13);
    for (int i = 0; i < 60; ++i) must(account_->append(request(message(random))));
    std::string large = "Subject: large\r\n\r\n";
    while (large.size() <= search::kMaxText)
      large += "filling and filling and filling and filling and filling and filling\r\n";
    large += "needle in it\r\n";
    const auto uid = must(account_->append(request(large))).uid;
    for (int i = 0; i < 20; ++i) must(account_->append(request(message(random))));
    index();
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, must(account_->search().progress()).waiting);
    for (int i = 0; i < 2; ++i) {
      const auto found = candidates(inbox_, "needle");
      CPPUNIT_ASSERT(found);
      CPPUNIT_ASSERT_EQUAL(std::size_t{1}, found->size());
      CPPUNIT_ASSERT_EQUAL(uid, found->front());
      open();
    }
  }

  // The server ends while an account is being indexed.
  void hurriedStepsAreShort() {
    std::mt19937 random(5);
    for (int i = 0; i < 5; ++i) must(account_->append(request(message(random))));
    account_->search().hurry();
    for (std::uint64_t left = 5; left > 0; --left) {
      CPPUNIT_ASSERT_EQUAL(left, must(account_->search().progress()).waiting);
      CPPUNIT_ASSERT(must(account_->search().step()));
    }
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, must(account_->search().progress()).waiting);
  }

 private:
  static std::size_t cut(const std::string& word, std::size_t n) {
    n = std::min(n, word.size());
    while (n < word.size() && (word[n] & 0xc0) == 0x80) ++n;
    return n;
  }
  std::string path() const { return "accounts/" + account_name() + "/search.db"; }
  static std::string account_name() { return "ann"; }
  db::Vfs& vfs() {
    vfs_ = std::make_unique<db::Vfs>(env_);
    return *vfs_;
  }

  void open() {
    close();
    store_ = std::make_unique<Store>(env_, "accounts", options_);
    account_ = must(store_->openOrCreate(account_name()));
    inbox_ = must(account_->mailbox("INBOX")).id;
  }
  void close() {
    account_.reset();
    store_.reset();
  }
  void index() {
    while (must(account_->search().step())) {
    }
  }
  std::string read(const std::string& file) {
    close();
    auto f = must(env_.open(file, env::Open::Read));
    std::string out(must(f->size()), '\0');
    must(f->read(0, out.data(), out.size()));
    f.reset();
    open();
    return out;
  }

  std::optional<Uids> candidates(MailboxId mailbox, const std::string& word) {
    Uids out;
    MessageId from = 0;
    do {
      const auto some = account_->search().candidates(mailbox, {word}, from);
      if (!some) {
        CPPUNIT_ASSERT_EQUAL(static_cast<int>(ph::Kind::Unavailable), static_cast<int>(some.error().kind));
        return std::nullopt;
      }
      out.insert(out.end(), some->uids.begin(), some->uids.end());
      from = some->next;
    } while (from != 0);
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
  }
  // A word that is nowhere has no candidates once all is indexed.
  bool isIndexed() {
    const auto none = candidates(inbox_, "qqqzzzqqq");
    return none && none->empty();
  }

  void compare(MailboxId mailbox, const std::string& word) {
    const auto folded = ph::charset::foldCase(word);
    const auto found = candidates(mailbox, word);
    if (search::matchExpression({word}).empty()) CPPUNIT_ASSERT(!found);
    if (!found) return;
    ++compared_;
    for (const auto& row : rows(*account_, mailbox, 0)) {
      const auto bytes = content(*account_, row.id);
      bool holds = false;
      ph::mime::eachPiece(bytes, ph::mime::parse(bytes), [&](const std::string& piece) {
        holds = piece.find(folded) != std::string::npos;
        return !holds;
      });
      const bool candidate = std::binary_search(found->begin(), found->end(), row.uid);
      CPPUNIT_ASSERT_MESSAGE(word + " is in a message that is no candidate", candidate || !holds);
    }
  }

  env::FaultEnv env_;
  std::unique_ptr<db::Vfs> vfs_;
  Options options_;
  std::unique_ptr<Store> store_;
  std::shared_ptr<Account> account_;
  MailboxId inbox_ = 0;
  int compared_ = 0;  // with what the index said
};

CPPUNIT_TEST_SUITE_REGISTRATION(AccountSearchTest);

}  // namespace
}  // namespace posthouse::store::testing
