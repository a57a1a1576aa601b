// Queries octet by octet, which replies belong to them, and what is read from good and from hostile ones.
#include "dns/wire.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <set>

#include "packet.hpp"

using namespace posthouse::dns;
using namespace posthouse::dns::test;
using namespace std::string_literals;

namespace {

const Question kQuestion{"mx.example", Type::Mx};

std::string query(std::string_view randomness = std::string_view("\x12\x34", 2)) {
  return makeQuery(kQuestion, true, randomness);
}

Reply parsed(const std::string& packet) {
  const auto r = parseReply(packet);
  CPPUNIT_ASSERT_MESSAGE(r ? "" : r.error().text, r.ok());
  return *r;
}

class WireTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(WireTest);
  CPPUNIT_TEST(queryOctets);
  CPPUNIT_TEST(randomCase);
  CPPUNIT_TEST(randomQueriesDiffer);
  CPPUNIT_TEST(matching);
  CPPUNIT_TEST(records);
  CPPUNIT_TEST(damagedRecords);
  CPPUNIT_TEST(compressedNames);
  CPPUNIT_TEST(hostile);
  CPPUNIT_TEST(everyTruncation);
  CPPUNIT_TEST(negativeTimes);
  CPPUNIT_TEST(extendedErrors);
  CPPUNIT_TEST_SUITE_END();

 public:
  void queryOctets() {
    const std::string head("\x12\x34\x01\x20\0\1\0\0\0\0\0\1", 12);
    const std::string question("\2mx\7example\0\0\x0f\0\1", 16);
    const std::string opt("\0\0\x29\x04\xd0\0\0\x80\0\0\0", 11);
    CPPUNIT_ASSERT(query() == head + question + opt);
    const std::string plain = makeQuery(kQuestion, false, std::string_view("\x12\x34", 2));
    CPPUNIT_ASSERT(plain == std::string("\x12\x34\x01\x20\0\1\0\0\0\0\0\0", 12) + question);
    CPPUNIT_ASSERT_EQUAL(size_t{12 + 1 + 4}, makeQuery({".", Type::Ns}, false, "").size());
  }

  void randomCase() {
    const std::string q = query(std::string_view("\0\0\x05", 3));
    CPPUNIT_ASSERT(q.substr(12, 12) == std::string("\2Mx\7Example\0", 12));
  }

  void randomQueriesDiffer() {
    std::set<std::string> ids, names;
    for (int i = 0; i < 64; ++i) {
      const std::string q = randomQuery({"abcdefghijklmnop.example", Type::A}, true);
      ids.insert(q.substr(0, 2));
      names.insert(q.substr(12, 26));
    }
    CPPUNIT_ASSERT(ids.size() > 55);
    CPPUNIT_ASSERT(names.size() > 60);
  }

  void matching() {
    const std::string q = query(std::string_view("\x12\x34\xff\xff", 4));
    const std::string good = reply(q, {});
    const auto changed = [&](size_t at, char to) {
      std::string out = good;
      out[at] = to;
      return out;
    };
    std::string header = good.substr(0, 12);
    header[5] = 0;
    const auto headerWith = [&](char rcode) {
      std::string out = header;
      out[3] = rcode;
      return out;
    };
    const struct {
      const char* what;
      std::string packet;
      Match wanted;
    } cases[] = {
        {"the answer", good, Match::Yes},
        {"another id", changed(0, 'x'), Match::No},
        {"another id, second octet", changed(1, 'x'), Match::No},
        {"a query", changed(2, 0x01), Match::No},
        {"another opcode", changed(2, static_cast<char>(0x81 | 0x28)), Match::No},
        {"no question", changed(5, 0), Match::No},
        {"two questions", changed(5, 2), Match::No},
        {"another case", changed(13, 'm'), Match::OtherCase},
        {"another name", changed(13, 'Q'), Match::No},
        {"another type", changed(12 + 13, 1), Match::No},
        {"another class", changed(12 + 15, 3), Match::No},
        {"cut", good.substr(0, good.size() - 1), Match::No},
        {"a header only", header, Match::No},
        {"FORMERR without a question", headerWith(1), Match::Yes},
        {"NOTIMP without a question", headerWith(4), Match::Yes},
        {"REFUSED without a question", headerWith(5), Match::No},
        {"short", good.substr(0, 11), Match::No},
        {"nothing", "", Match::No},
    };
    for (const auto& c : cases) CPPUNIT_ASSERT_MESSAGE(c.what, match(q, c.packet) == c.wanted);
    CPPUNIT_ASSERT(!isTruncated(good));
    Parts cut;
    cut.tc = true;
    CPPUNIT_ASSERT(isTruncated(reply(q, cut)));
  }

  void records() {
    Parts p;
    p.ad = true;
    p.answer(record("A.example", Type::A, 1, "\x7f\0\0\1"s))
        .answer(record("a.example", Type::Aaaa, 0x80000000, "\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\1"))
        .answer(record("a.example", Type::Mx, 3, number(10) + name("MAIL.example")))
        .answer(record("a.example", Type::Mx, 3, number(0) + name(".")))
        .answer(record("a.example", Type::Txt, 4, "\3abc\0\2\xff\n"s))
        .answer(record("a.example", Type::Tlsa, 5, "\3\1\1\xab\xcd"s))
        .answer(record("a.example", Type::Srv, 6, number(1) + number(2) + number(993) + name("imap.example")))
        .answer(record("a.example", Type::Caa, 7, "\x80\5issueca.example;x=1"s))
        .answer(record("a.example", Type::Ptr, 8, name("b.example")))
        .answer(record("a.example", 46, 9, "ignored"s + std::string(20, '\0')))
        .answer(record("a.example", 1, 9, "\x7f\0\0\2"s, 3));  // class CHAOS
    const Reply r = parsed(reply(query(), p));
    CPPUNIT_ASSERT(r.authentic && r.recursive && !r.delegates && !r.damaged);
    std::string all;
    for (const auto& a : r.answers) {
      all += std::string(nameOf(a.record.type)) + " " + std::to_string(a.ttl) + " " +
             std::to_string(a.record.preference) + " " + a.record.value + "|";
    }
    CPPUNIT_ASSERT_EQUAL(
        "A 1 0 127.0.0.1|AAAA 0 0 2001:db8::1|MX 3 10 mail.example|MX 3 0 .|TXT 4 0 abc\xff\n|TLSA 5 0 \3\1\1\xab\xcd|"
        "SRV 6 1 imap.example|CAA 7 128 issue=ca.example;x=1|PTR 8 0 b.example|"s,
        all);
    CPPUNIT_ASSERT_EQUAL(std::string("a.example"), r.answers[0].owner);
    CPPUNIT_ASSERT_EQUAL(uint16_t{993}, r.answers[6].record.port);
    CPPUNIT_ASSERT_EQUAL(uint16_t{2}, r.answers[6].record.weight);
  }

  // What is not of its type's form is an error of the message or left out, never a record.
  void damagedRecords() {
    const std::pair<Type, std::string> cases[] = {
        {Type::A, "\x7f\0\0"s},     {Type::Aaaa, "1234"},    {Type::Mx, number(1)},  {Type::Mx, "\1"},
        {Type::Txt, "\5abc"},       {Type::Tlsa, "\1\1"},    {Type::Tlsa, "\3\1\1"}, {Type::Srv, number(1) + number(2)},
        {Type::Caa, "\0"s},         {Type::Caa, "\0\0abc"s}, {Type::Caa, "\0\5ab"s}, {Type::Ptr, "\3ab"},
        {Type::Caa, "\0\3a=bxyz"s}, {Type::Txt, ""}};
    for (const auto& [type, rdata] : cases) {
      Parts p;
      p.answer(record("a.example", type, 1, rdata));
      const auto r = parseReply(reply(query(), p));
      if (r) CPPUNIT_ASSERT_MESSAGE(std::string(nameOf(type)) + " " + rdata, r->answers.empty() && r->damaged);
    }
  }

  void compressedNames() {
    Parts p;
    // The owner points to the question, the exchange to its second label.
    const std::string rdata = number(10) + "\4mail\xc0\x0f"s;
    p.answer("\xc0\x0c"s + number(15) + number(1) + number32(60) + number(static_cast<unsigned>(rdata.size())) + rdata);
    const Reply r = parsed(reply(query(), p));
    CPPUNIT_ASSERT_EQUAL(std::string("mx.example"), r.answers.at(0).owner);
    CPPUNIT_ASSERT_EQUAL(std::string("mail.example"), r.answers.at(0).record.value);
  }

  void hostile() {
    const auto pointing = [](const std::string& owner) {
      Parts p;
      p.answer(owner + number(1) + number(1) + number32(60) + number(4) + "\x7f\0\0\1"s);
      return reply(query(), p);
    };
    const size_t itself = reply(query(), {}).size();
    Parts lies;
    lies.counts[0] = 65535;
    Parts longer;
    longer.answer(name("a.example") + number(1) + number(1) + number32(60) + number(400) + "\x7f\0\0\1"s);
    std::string deep;
    for (int i = 0; i < 200; ++i) deep += "\1a";
    const std::string cases[] = {
        pointing("\xc0"s + static_cast<char>(itself)),  // to itself
        pointing("\xff\xff"s),                          // beyond the end
        pointing("\x80\x01"s),                          // neither label nor pointer
        pointing(deep + "\0"s),                         // 400 octets
        reply(query(), lies),
        reply(query(), longer),
        "",
        "x",
        std::string(12, '\xff'),
        std::string(65535, '\xff'),
    };
    for (const auto& packet : cases) {
      const auto r = parseReply(packet);
      CPPUNIT_ASSERT_MESSAGE(std::to_string(&packet - cases), !r || r->answers.empty());
    }
  }

  void everyTruncation() {
    Parts p;
    p.answer(record("mx.example", Type::Mx, 3, number(10) + name("mail.example")))
        .answer(record("mx.example", Type::Txt, 4, "\3abc"s))
        .server(soa("example", 5, 6))
        .more(opt(6, "text"));
    const std::string whole = reply(query(), p);
    CPPUNIT_ASSERT_EQUAL(size_t{2}, parsed(whole).answers.size());
    for (size_t n = 0; n < whole.size(); ++n) CPPUNIT_ASSERT(!parseReply(whole.substr(0, n)));
  }

  void negativeTimes() {
    Parts p;
    p.rcode = 3;
    CPPUNIT_ASSERT(!parsed(reply(query(), p)).negativeTtl);
    p.server(soa("example", 50, 60));
    CPPUNIT_ASSERT_EQUAL(uint32_t{50}, *parsed(reply(query(), p)).negativeTtl);
    Parts less;
    less.server(soa("example", 50, 7)).server(record("example", Type::Ns, 1, name("ns.example")));
    CPPUNIT_ASSERT_EQUAL(uint32_t{7}, *parsed(reply(query(), less)).negativeTtl);
    CPPUNIT_ASSERT(parsed(reply(query(), less)).delegates);
  }

  void extendedErrors() {
    Parts p;
    p.rcode = 2;
    p.more(opt(9, "no key\x1b[31m\xc3\xbc"));
    const Reply r = parsed(reply(query(), p));
    CPPUNIT_ASSERT(isBogus(r));
    CPPUNIT_ASSERT_EQUAL(std::string("SERVFAIL (DNSKEY missing: no key?[31m?"
                                     "?)"),
                         describe(r));
    Parts other;
    other.rcode = 2;
    other.more(opt(22, ""));
    CPPUNIT_ASSERT(!isBogus(parsed(reply(query(), other))));
    CPPUNIT_ASSERT_EQUAL(std::string("SERVFAIL (no reachable authority)"), describe(parsed(reply(query(), other))));
    Parts version;
    version.more(opt(0, "", 1));
    CPPUNIT_ASSERT_EQUAL(static_cast<int>(Rcode::BadVers), parsed(reply(query(), version)).rcode);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(WireTest);

}  // namespace
