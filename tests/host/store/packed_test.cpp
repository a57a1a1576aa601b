// Packed message files and rows: the same bytes come back, damage is seen, and less room is taken.
#include "store/packed.hpp"

#include <random>

#include "rebuild_fixture.hpp"
#include "store/cold_texts.hpp"
#include "store/hash.hpp"

namespace posthouse::store::testing {

namespace {

std::string words(std::size_t size, unsigned seed = 1) {
  static const char* const kWords[] = {"the",      "house",  "letters", "morning", "and",
                                       "somebody", "window", "<td>",    "=20"};
  std::mt19937 random(seed);
  std::string out;
  while (out.size() < size) out.append(kWords[random() % std::size(kWords)]).append(random() % 9 ? " " : "\r\n");
  out.resize(size);
  return out;
}

std::string noise(std::size_t size) {
  std::mt19937 random(7);
  std::string out;
  while (out.size() < size) out += static_cast<char>(random());
  return out;
}

std::size_t blocks(std::size_t size) {
  return (size + 4095) / 4096;
}

}  // namespace

class PackedTest : public RebuildFixture {
  CPPUNIT_TEST_SUITE(PackedTest);
  CPPUNIT_TEST(packsWhatSavesBlocks);
  CPPUNIT_TEST(damagedFramesAreRefused);
  CPPUNIT_TEST(messagesTakeLessRoom);
  CPPUNIT_TEST(foldersMayBeMadeAnew);
  CPPUNIT_TEST(verifyFindsDamage);
  CPPUNIT_TEST(rebuildKnowsPackedFiles);
  CPPUNIT_TEST(textsComeBack);
  CPPUNIT_TEST(damagedTextsAreRefused);
  CPPUNIT_TEST(damagedRowsAreTold);
  CPPUNIT_TEST_SUITE_END();

 public:
  void packsWhatSavesBlocks() {
    const struct {
      std::string content;
      bool packed;
    } cases[] = {
        {"", false},
        {words(4096), false},
        {words(4097), true},
        {words(20000), true},
        {words(kMaxPacked), true},
        {words(kMaxPacked + 1), false},
        {noise(20000), false},
        {words(9000) + noise(3000), true},
        {noise(8190), false},
    };
    for (const auto& [content, packed] : cases) {
      const auto file = pack(content);
      const auto what = std::to_string(content.size());
      CPPUNIT_ASSERT_EQUAL_MESSAGE(what, packed, isPacked(file));
      CPPUNIT_ASSERT_MESSAGE(what, packed ? blocks(file.size()) < blocks(content.size()) : file == content);
      CPPUNIT_ASSERT_MESSAGE(what, must(unpack(file)) == content);
    }
  }

  void damagedFramesAreRefused() {
    const auto content = words(20000);
    const auto frame = pack(content);
    CPPUNIT_ASSERT(!unpack(frame.substr(0, frame.size() - 1)).ok());
    CPPUNIT_ASSERT(!unpack(frame.substr(0, 4)).ok());
    CPPUNIT_ASSERT(!unpack(frame + "x").ok());
    // RFC 8878 3.1.1.1.4: the size of the content is its second field here; a larger one is not believed.
    auto bomb = frame;
    CPPUNIT_ASSERT_EQUAL(0x60, bomb[4] & 0xE0);  // one segment, two octets of size
    bomb[5] = bomb[6] = '\xff';
    CPPUNIT_ASSERT(!unpack(bomb).ok());
    const auto some = salvage(frame.substr(0, frame.size() / 2));
    CPPUNIT_ASSERT(some.size() <= kMaxPacked && content.starts_with(some));
    CPPUNIT_ASSERT(must(unpack(frame)) == content);  // what went wrong before is forgotten
  }

  std::string path(MessageId id) { return "data/ann/msg/0/" + std::to_string(id); }
  MessageId addLarge(const std::string& subject, std::size_t size = 9000) {
    return must(account_->append(request(text(subject, size)))).id;
  }

  void messagesTakeLessRoom() {
    const auto message = text("large", 9000);
    const auto id = addLarge("large");
    CPPUNIT_ASSERT(must(env_->info(path(id))).size < 4096);
    CPPUNIT_ASSERT_EQUAL(message, content(*account_, id));
    const auto file = must(account_->open(id));
    char some[20];
    CPPUNIT_ASSERT_EQUAL(std::size_t{20}, must(file.read(message.size() / 2, some, 20)));
    CPPUNIT_ASSERT_EQUAL(message.substr(message.size() / 2, 20), std::string(some, 20));
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{message.size()}, rows(*account_, box("INBOX")).at(0).size);
    // Whoever has it open reads on when it is gone.
    must(account_->expunge(box("INBOX"), kAll, true));
    CPPUNIT_ASSERT_EQUAL(std::size_t{20}, must(file.read(0, some, 20)));
    assertClean(*must(store_->create("joe")));
  }

  // The folder that was read last is held open.
  void foldersMayBeMadeAnew() {
    const auto small = add("small"), large = addLarge("large");
    const auto before = content(*account_, small) + content(*account_, large);
    must(env_->rename("data/ann/msg/0", "data/ann/msg/old"));
    must(env_->makeFolder("data/ann/msg/0"));
    for (const auto id : {small, large}) {
      const auto refused = account_->open(id);
      CPPUNIT_ASSERT(!refused && refused.error().kind == ph::Kind::NotFound);
      must(env_->link("data/ann/msg/old/" + std::to_string(id), path(id)));
    }
    must(env::removeTree(*env_, "data/ann/msg/old"));
    for (int i = 0; i < 3; ++i) CPPUNIT_ASSERT_EQUAL(before, content(*account_, small) + content(*account_, large));
    assertClean(*account_);
  }

  void verifyFindsDamage() {
    const auto id = addLarge("a");
    assertClean(*account_);
    const auto sound = must(readWhole(*env_, path(id)));
    const struct {
      const char* what;
      std::function<void(std::string&)> damage;
      Problem::Kind kind;
    } cases[] = {{"cut", [](std::string& s) { s.resize(s.size() / 2); }, Problem::Content},
                 {"no frame", [](std::string& s) { s[0] ^= 1; }, Problem::Size},
                 {"another message", [&](std::string& s) { s = pack(text("b", 12000)); }, Problem::Size}};
    for (const auto& c : cases) {
      for (const bool hashes : {false, true}) {
        env_->damage(path(id), c.damage);
        const auto report = must(verify(*account_, {hashes, false}));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(c.what, std::size_t{1}, report.problems.size());
        CPPUNIT_ASSERT_EQUAL_MESSAGE(c.what, c.kind, report.problems[0].kind);
        env_->damage(path(id), [&](std::string& s) { s = sound; });
      }
    }
    assertClean(*account_);
  }

  void rebuildKnowsPackedFiles() {
    const auto a = addLarge("a");
    addLarge("b");
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, rebuild().added);  // the index is sound, and so are they
    close();
    must(env_->unlink("data/ann/index.db"));
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{2}, rebuild().added);
    CPPUNIT_ASSERT_EQUAL(std::string("INBOX:a INBOX:b"), contents());
    close();
    env_->damage(path(a), [](std::string& s) { s.resize(s.size() - 3); });
    rebuild();
    // What is left of it is readable.
    CPPUNIT_ASSERT_EQUAL(std::string("INBOX:b Recovered:a"), contents());
  }

  void textsComeBack() {
    const ColdTexts all[] = {
        {},
        {"(\"Mon\" NIL)", "", "", ""},
        {R"(("Tue, 14 Nov 2023 23:57:02 +0000" "a subject" (("P" NIL "p" "example.org")) NIL NIL NIL NIL NIL NIL "<x@y>"))",
         R"(("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "7BIT" 4096 59 NIL NIL NIL NIL))", std::string("\x01\0\xff", 3),
         ""},
        {noise(500), noise(300), noise(40000), noise(7)},
        {words(300000), words(100, 2), words(1000, 3), words(200, 4)},
    };
    for (const auto& t : all) {
      const auto row = packTexts(t);
      CPPUNIT_ASSERT(row.size() <= t.envelope.size() + t.structure.size() + t.parts.size() + t.references.size() + 16);
      const auto back = unpackTexts(row);
      CPPUNIT_ASSERT(back && *back == t);
    }
    CPPUNIT_ASSERT(packTexts(all[2]).size() < 120);
  }

  void damagedTextsAreRefused() {
    const auto row = packTexts({words(300), words(100, 2), words(50, 3), words(20, 4)});
    for (std::size_t n = 0; n < row.size(); ++n) CPPUNIT_ASSERT(!unpackTexts(row.substr(0, n)));
    CPPUNIT_ASSERT(!unpackTexts(row + "x"));
    CPPUNIT_ASSERT(!unpackTexts("\x02" + row.substr(1)));
    CPPUNIT_ASSERT(!unpackTexts(std::string("\x01\xff\xff\xff\xff\x0f\x01\x01\x01x", 10)));
    CPPUNIT_ASSERT(!unpackTexts(std::string("\x00\xff\xff\xff\xff\xff\x01", 7)));
  }

  void damagedRowsAreTold() {
    add("a");
    add("b");
    close();
    withIndex("data/ann/index.db", [](db::Database& db) { must(db.exec("UPDATE cold SET texts=x'01FF' WHERE id=1")); });
    reopen();
    const auto read = account_->query(box("INBOX"), 1, 9, kEnvelope);
    CPPUNIT_ASSERT(!read && read.error().kind == ph::Kind::Permanent);
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, must(account_->query(box("INBOX"), 1, 9, kSize)).rows.size());
    const auto report = must(verify(*account_, {false, false}));
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, report.problems.size());
    CPPUNIT_ASSERT_EQUAL(Problem::Index, report.problems[0].kind);
    // Made anew from the file.
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, rebuild().lost);
    CPPUNIT_ASSERT_EQUAL(std::string("INBOX:a INBOX:b"), contents());
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PackedTest);

}  // namespace posthouse::store::testing
