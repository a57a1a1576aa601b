// What is exported is imported as it was, from every form, once however often, also after a run that was ended.
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "../store/store_fixture.hpp"
#include "transfer/maildir_names.hpp"
#include "transfer/mbox_fields.hpp"
#include "transfer/mbox_names.hpp"
#include "transfer/sources.hpp"

namespace posthouse::transfer::testing {
namespace {

namespace fs = std::filesystem;
using store::testing::must;
using store::testing::testOptions;

// Fails after so many messages, as a server that goes away.
class Flaky final : public Peer {
 public:
  Flaky(std::unique_ptr<Peer> peer, std::uint64_t left) : peer_(std::move(peer)), left_(left) {}
  ph::Result<std::vector<bool>> known(const std::vector<std::string>& keys) override { return peer_->known(keys); }
  ph::Result<Outcome> put(const Batch& batch) override {
    if (batch.parcels.size() > left_) {
      Batch half{batch.folders, {batch.parcels.begin(), batch.parcels.begin() + static_cast<std::ptrdiff_t>(left_)}};
      (void)peer_->put(half);
      left_ = 0;
      return ph::Error{ph::Kind::Temporary, "gone"};
    }
    left_ -= batch.parcels.size();
    return peer_->put(batch);
  }
  ph::Result<std::vector<Folder>> folders() override { return peer_->folders(); }
  ph::Result<Page> get(const std::string& mailbox, store::Uid from) override { return peer_->get(mailbox, from); }

 private:
  std::unique_ptr<Peer> peer_;
  std::uint64_t left_;
};

}  // namespace

class RoundTripTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(RoundTripTest);
  CPPUNIT_TEST(everyForm);
  CPPUNIT_TEST(goesOnWhereItEnded);
  CPPUNIT_TEST(fieldsOfMbox);
  CPPUNIT_TEST(namesOfMaildir);
  CPPUNIT_TEST(namesOfMbox);
  CPPUNIT_TEST(foreignFiles);
  CPPUNIT_TEST(brokenFiles);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    folder_ = fs::temp_directory_path() / ("ph-transfer-" + std::to_string(::getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    env_ = std::make_unique<env::FaultEnv>();
    store_ = std::make_unique<store::Store>(*env_, "data", testOptions());
  }
  void tearDown() override {
    store_.reset();
    env_.reset();
    fs::remove_all(folder_);
  }

  std::unique_ptr<Peer> peer(const std::string& account) { return storePeer(must(store_->openOrCreate(account))); }

  static Parcel parcel(const std::string& mailbox, const std::string& bytes, std::uint32_t flags, std::int64_t date,
                       std::vector<std::string> keywords = {}) {
    return {mailbox, flags, std::move(keywords), date, 0, {}, bytes};
  }

  void fill(const std::string& account) {
    Batch batch;
    batch.folders = {{"Work/Papers", store::Use::None, true}, {"Empty", store::Use::None, false}};
    const std::string head = "From: a@example.org\r\nSubject: s\r\n\r\n";
    batch.parcels = {
        parcel("INBOX", head + "plain\r\n", 0, 1'700'000'000),
        parcel("INBOX", head + "plain\r\n", store::kSeen, 1'600'000'000, {"$Forwarded", "Work"}),
        parcel("INBOX", head + "From here\r\n>From there\r\n>>From all\r\n\r\nFrom x Thu Nov 24 18:22:48 1986\r\n",
               store::kAnswered | store::kFlagged, 1'700'000'001),
        parcel("INBOX", head + "no end", store::kDraft, 1'700'000'002),
        parcel("INBOX", head, store::kDeleted, 1'700'000'003),
        parcel("INBOX", "Status: mine\r\nContent-Length: 3\r\nX-Keywords: not these\r\n\r\n\xff\xfe 8 bits\r\n\r\n\r\n",
               store::kSeen, 1'700'000'004),
        parcel("Work/Papers", head + std::string(100'000, 'x') + "\r\n", store::kSeen, 1'700'000'005, {"Later"}),
        parcel("Büro.2026/1 % & more", head + "names\r\n", 0, 1'700'000'006),
        parcel("Trash", head + "gone\r\n", store::kSeen, 1'700'000'007),
    };
    const auto outcome = must(peer(account)->put(batch));
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{9}, outcome.stored);
  }

  // Everything that must be the same.
  std::string state(const std::string& account) {
    const auto p = peer(account);
    std::string all;
    for (const auto& f : must(p->folders())) {
      all += f.name + " subscribed=" + std::to_string(f.subscribed) + "\n";
      for (store::Uid next = 1; next != 0;) {
        const auto page = must(p->get(f.name, next));
        for (const auto& m : page.parcels) {
          all += "  " + std::to_string(m.flags) + " " + std::to_string(m.date);
          for (const auto& k : m.keywords) all += " " + k;
          all += " " + std::to_string(m.bytes.size()) + " " + std::to_string(std::hash<std::string>()(m.bytes)) + "\n";
        }
        next = page.next;
      }
    }
    return all;
  }

  void exportTo(const std::string& account, bool maildir, const std::string& path) {
    Progress progress;
    const auto p = peer(account);
    const auto output = must(openOutput(path));
    const auto done = maildir ? exportMaildir({}, *p, *output, progress) : exportMbox({}, *p, *output, progress);
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, must(done).problems);
  }

  std::pair<std::uint64_t, std::uint64_t> import(Peer& p, bool maildir, const std::string& path,
                                                 const std::string& mailbox = {}, std::uint64_t problems = 0) {
    Progress progress;
    Importer importer(p, progress);
    const ImportOptions options{path, mailbox};
    const auto done = maildir ? importMaildir(options, importer) : importMbox(options, importer);
    if (done) CPPUNIT_ASSERT_EQUAL(problems, importer.problems());
    return {importer.stored(), done ? importer.known() : std::uint64_t{999}};
  }

  // The files of a tree with what is in them.
  static std::string tree(const std::string& path) {
    std::map<std::string, std::string> files;
    for (const auto& e : fs::recursive_directory_iterator(path)) {
      if (!e.is_regular_file()) continue;
      std::ifstream in(e.path(), std::ios::binary);
      files[fs::relative(e.path(), path)] = std::string(std::istreambuf_iterator<char>(in), {});
    }
    std::string all;
    for (const auto& [name, bytes] : files) all += name + ": " + bytes + "\n";
    return all;
  }

  void everyForm() {
    fill("ann");
    const auto before = state("ann");
    int n = 0;
    for (const bool maildir : {false, true}) {
      std::string first;
      for (const char* suffix : {"", ".zip", ".tgz"}) {
        const auto path = folder_ + "/out" + std::to_string(n) + suffix;
        const auto account = "copy" + std::to_string(n++);
        exportTo("ann", maildir, path);
        const auto p = peer(account);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(path, std::uint64_t{9}, import(*p, maildir, path).first);
        auto after = state(account);
        // An mbox does not say what is subscribed.
        if (!maildir) after.replace(after.find("Empty subscribed=1"), 18, "Empty subscribed=0");
        if (!maildir)
          for (const char* name : {"Büro.2026", "Büro.2026/1 % & more", "Work"}) {
            const auto at = after.find(std::string(name) + " subscribed=1");
            if (at != std::string::npos) after[at + std::string(name).size() + 12] = '0';
          }
        CPPUNIT_ASSERT_EQUAL_MESSAGE(path, before, after);
        const auto again = import(*p, maildir, path);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, again.first);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{9}, again.second);
        // Exported again it is the same.
        const auto second = folder_ + "/again" + std::to_string(n);
        exportTo(account, maildir, second);
        if (first.empty()) {
          exportTo("ann", maildir, folder_ + "/first" + std::to_string(n));
          first = tree(folder_ + "/first" + std::to_string(n));
        }
        if (!maildir) CPPUNIT_ASSERT_EQUAL(first, tree(second));
      }
    }
  }

  void goesOnWhereItEnded() {
    const auto path = folder_ + "/many.mbox";
    {
      std::ofstream file(path);
      for (int i = 0; i < 1000; ++i)
        file << "From x Thu Nov 24 18:22:48 1986\nSubject: " << i % 700 << "\n\nbody\n\n";  // some twice
    }
    std::uint64_t stored = 0;
    for (std::uint64_t left = 10; left < 1200; left += 137) {
      Flaky flaky(peer("bob"), left);
      stored += import(flaky, false, path).first;
    }
    auto p = peer("bob");
    const auto last = import(*p, false, path);
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{1000}, last.second);
    const auto account = must(store_->open("bob"));
    CPPUNIT_ASSERT_EQUAL(std::uint32_t{1000}, must(account->mailbox("INBOX")).messages);
    {
      std::ofstream file(path, std::ios::app);
      file << "From x Thu Nov 24 18:22:48 1986\nSubject: new\n\nbody\n\n";
    }
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, import(*p, false, path).first);  // only what was added
    store::testing::assertClean(*account);
  }

  void fieldsOfMbox() {
    const std::string text =
        "Subject: a\nStatus: RO\nX-Status: AFD\nX-Keywords: one two,three\nX-UID: 7\nTo: b\n\nbody\n";
    const auto p = fromMbox({"x Thu Nov 24 18:22:48 1986", text, 0, false});
    CPPUNIT_ASSERT_EQUAL(std::uint32_t{store::kSeen | store::kAnswered | store::kFlagged | store::kDeleted}, p.flags);
    CPPUNIT_ASSERT_EQUAL(std::string("Subject: a\r\nTo: b\r\n\r\nbody\r\n"), p.bytes);
    CPPUNIT_ASSERT_EQUAL(std::size_t{3}, p.keywords.size());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{533240568}, p.date);
    const auto dated = fromMbox({"-", "Date: Fri, 21 Nov 1997 09:55:06 -0600\n\nx\n", 0, false});
    CPPUNIT_ASSERT_EQUAL(std::int64_t{880127706}, dated.date);
    CPPUNIT_ASSERT_EQUAL(-360, dated.zone);
    // What a message begins with is its own, also when it looks like part of our fields.
    for (const std::string bytes :
         {" FAT\r\nSubject: x\r\n\r\nx\r\n", "\tF\r\n", "Status: R\r\n\r\nx", "\r\n F\r\n", ""}) {
      Parcel p = parcel("INBOX", bytes, store::kAnswered, 1000, {"one"});
      const std::string written = toMbox(p);
      const auto back =
          fromMbox({"-", written.substr(written.find('\n') + 1, written.size() - written.find('\n') - 2), 0, false});
      CPPUNIT_ASSERT_EQUAL(bytes, back.bytes);
      CPPUNIT_ASSERT(back.flags == p.flags && back.keywords == p.keywords && back.date == p.date);
    }
  }

  void namesOfMaildir() {
    const KeywordLetters letters = {"one", "", "three"};
    const auto name = parseMaildirName("1.2.h,S=3:2,FPSac", letters);
    CPPUNIT_ASSERT_EQUAL(std::string("1.2.h,S=3"), name.base);
    CPPUNIT_ASSERT_EQUAL(std::uint32_t{store::kFlagged | store::kSeen}, name.flags);
    CPPUNIT_ASSERT(name.keywords == (std::vector<std::string>{"$Forwarded", "one", "three"}));
    CPPUNIT_ASSERT(parseKeywords("0 one\n2 three\nx y\n99 z\n") == letters);
    const std::pair<const char*, const char*> folders[] = {{"", "INBOX"},
                                                           {".Work/", "Work"},
                                                           {".Work.Papers/", "Work/Papers"},
                                                           {"Work/Papers/", "Work/Papers"},
                                                           {".B&APw-ro&AC4-1/", "Büro.1"},
                                                           {"Büro/", "Büro"}};
    for (const auto& [folder, mailbox] : folders) CPPUNIT_ASSERT_EQUAL(std::string(mailbox), mailboxOfMaildir(folder));
    for (const char* mailbox : {"INBOX", "Work", "Work/Papers", "Büro.1/x&y", "a.b.c"})
      CPPUNIT_ASSERT_EQUAL(std::string(mailbox), mailboxOfMaildir(maildirFolder(mailbox)));
    CPPUNIT_ASSERT_EQUAL(std::string("Maildir/"), maildirRoot({"Maildir/", "Maildir/.Work/"}));
    CPPUNIT_ASSERT_EQUAL(std::string("Maildir/"), maildirRoot({"Maildir/.Work/"}));
    CPPUNIT_ASSERT_EQUAL(std::string("a/"), maildirRoot({"a/Play/", "a/Work/"}));
    CPPUNIT_ASSERT_EQUAL(std::string(""), maildirRoot({"", "Work/"}));
  }

  void namesOfMbox() {
    for (const char* mailbox : {"INBOX", "Work/Papers", "a.mbox/b", "../x", "50 %", ".hidden/."})
      CPPUNIT_ASSERT_EQUAL(std::string(mailbox), mailboxOfMbox(mboxPath(mailbox), ""));
    CPPUNIT_ASSERT_EQUAL(std::string("Work/Papers"), mailboxOfMbox("Work.sbd/Papers", ""));
    CPPUNIT_ASSERT_EQUAL(std::string("Old/INBOX"), mailboxOfMbox("INBOX", "Old"));
    CPPUNIT_ASSERT_EQUAL(std::string("INBOX"), mailboxOfMbox("Inbox", ""));
    CPPUNIT_ASSERT(mboxPath("../x").find("..") == std::string::npos);
  }

  void write(const std::string& path, const std::string& bytes) {
    fs::create_directories(fs::path(folder_ + "/" + path).parent_path());
    std::ofstream(folder_ + "/" + path, std::ios::binary) << bytes;
  }

  void foreignFiles() {
    write("maildir/cur/1.a:2,S", "A: b\n\none\n");
    write("maildir/new/2.b", "A: b\n\ntwo\n");
    write("maildir/tmp/3.c", "A: b\n\nthree\n");
    write("maildir/.Sent/cur/4.d:2,RSb", "A: b\n\nfour\n");
    write("maildir/.Sent/dovecot-keywords", "1 Label\n");
    auto p = peer("cid");
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{3}, import(*p, true, folder_ + "/maildir").first);
    const auto sent = must(p->get("Sent", 1)).parcels;
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, sent.size());
    CPPUNIT_ASSERT(sent[0].keywords == std::vector<std::string>{"Label"});
    CPPUNIT_ASSERT_EQUAL(std::string("A: b\r\n\r\nfour\r\n"), sent[0].bytes);
    const auto inbox = must(p->get("INBOX", 1)).parcels;
    CPPUNIT_ASSERT_EQUAL(std::uint32_t{store::kSeen}, inbox.at(0).flags);
    CPPUNIT_ASSERT_EQUAL(std::uint32_t{0}, inbox.at(1).flags);
    // Into another mailbox.
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{3}, import(*p, true, folder_ + "/maildir", "Old").first);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, must(p->get("Old/Sent", 1)).parcels.size());
    // Thunderbird's folders.
    write("bird/Inbox", "From - Thu Nov 24 18:22:48 1986\nA: b\n\none\n");
    write("bird/Inbox.msf", "index");
    write("bird/Work", "");
    write("bird/Work.sbd/Papers", "From - Thu Nov 24 18:22:48 1986\nA: b\n\ntwo\n");
    auto q = peer("dan");
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{2}, import(*q, false, folder_ + "/bird").first);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, must(q->get("Work/Papers", 1)).parcels.size());
  }

  void brokenFiles() {
    write("broken/good", "From x Thu Nov 24 18:22:48 1986\nA: b\n\none\n");
    write("broken/picture.png", "\x89PNG");
    write("broken/empty.mbox", "From x Thu Nov 24 18:22:48 1986\n\nFrom x Thu Nov 24 18:22:48 1986\nA: b\n\ntwo\n");
    auto p = peer("eve");
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{2}, import(*p, false, folder_ + "/broken", {}, 2).first);
    // An archive that ends too early: what was whole is there.
    fill("ann");
    const auto path = folder_ + "/cut.tgz";
    exportTo("ann", true, path);
    fs::resize_file(path, fs::file_size(path) - 100);
    Progress progress;
    Importer importer(*p, progress);
    const auto done = importMaildir({path, {}}, importer);
    CPPUNIT_ASSERT(done.ok());
    CPPUNIT_ASSERT(importer.problems() > 0);
    CPPUNIT_ASSERT(!importMaildir({folder_ + "/nothing", {}}, importer));
  }

 private:
  std::string folder_;
  std::unique_ptr<env::FaultEnv> env_;
  std::unique_ptr<store::Store> store_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(RoundTripTest);

}  // namespace posthouse::transfer::testing
