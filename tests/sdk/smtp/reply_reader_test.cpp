// Replies as a client reads them, whole and in pieces; what is none; and what EHLO's reply offers.
#include "ph/smtp/reply_reader.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "ph/smtp/extensions.hpp"

namespace {

using namespace ph::smtp;
using State = ReplyReader::State;

std::string show(const ReceivedReply& r) {
  std::string text = r.text();
  for (char& c : text) c = c == '\n' ? '/' : c;
  return "[" + text + "]" + (r.enhanced.empty() ? "" : " " + r.enhanced);
}

// All replies of `bytes`, given `step` octets at a time, as from a connection.
std::string read(std::string_view bytes, size_t step) {
  ReplyReader reader;
  std::string input, out;
  size_t used = 0;
  for (size_t at = 0; at < bytes.size(); at += step) {
    input += bytes.substr(at, step);
    for (;;) {
      const State state = reader.take(input, &used);
      input.erase(0, used);
      if (state == State::Bad) return out + "bad: " + reader.problem();
      if (state == State::More) break;
      out += show(reader.reply());
    }
  }
  return out;
}

class ReplyReaderTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ReplyReaderTest);
  CPPUNIT_TEST(replies);
  CPPUNIT_TEST(limits);
  CPPUNIT_TEST(nothingAfterBad);
  CPPUNIT_TEST(enhancedCodes);
  CPPUNIT_TEST(extensions);
  CPPUNIT_TEST_SUITE_END();

 public:
  void replies() {
    const std::pair<std::string, std::string> cases[] = {
        {"250 ok\r\n", "[250 ok]"},
        {"250\r\n", "[250 ]"},
        {"250 \r\n", "[250 ]"},
        {"250 ok\n", "[250 ok]"},
        {"250-a\r\n250-\r\n250 b\r\n354 go\r\n", "[250-a/250-/250 b][354 go]"},
        {"250 one\r\n250 tw", "[250 one]"},
        {"550 5.1.1 no\r\n", "[550 5.1.1 no] 5.1.1"},
        {"550-no\r\n550 5.1.1 no\r\n", "[550-no/550 5.1.1 no] 5.1.1"},
        {"250 a\tb\x01\x7f\x80\xc3\xbc\r\n", "[250 a b???]"},
        {"250-a\r\n251 b\r\n", "bad: the lines of a reply have different codes"},
        {"150 ok\r\n", "bad: not an SMTP reply: 150 ok"},
        {"650 ok\r\n", "bad: not an SMTP reply: 650 ok"},
        {"25 ok\r\n", "bad: not an SMTP reply: 25 ok"},
        {"250ok\r\n", "bad: not an SMTP reply: 250ok"},
        {"25x ok\r\n", "bad: not an SMTP reply: 25x ok"},
        {"\r\n", "bad: not an SMTP reply: "},
        {"HTTP/1.1 400 Bad Request\r\n", "bad: not an SMTP reply: HTTP/1.1 400 Bad Request"},
        {"\x16\x03\x01\r\n", "bad: not an SMTP reply: ???"},
    };
    for (const auto& [bytes, wanted] : cases) {
      for (const size_t step : {size_t{1}, size_t{3}, bytes.size()}) {
        CPPUNIT_ASSERT_EQUAL_MESSAGE(bytes, wanted, read(bytes, step));
      }
    }
  }

  void limits() {
    const std::string longest = "250 " + std::string(kMaxReplyLine - 5, 'x') + "\r\n";
    CPPUNIT_ASSERT(read(longest, 1000).starts_with("[250 xxx"));
    CPPUNIT_ASSERT_EQUAL(std::string("bad: a reply line is too long"), read("2" + longest, 1000));
    CPPUNIT_ASSERT_EQUAL(std::string("bad: a reply line is too long"), read(std::string(10'000'000, '2'), 4096));
    std::string endless;
    while (endless.size() < 10'000'000) endless += "250-x\r\n";
    CPPUNIT_ASSERT_EQUAL(std::string("bad: a reply is too long"), read(endless, 4096));
  }

  void nothingAfterBad() {
    ReplyReader reader;
    size_t used = 0;
    CPPUNIT_ASSERT(State::Bad == reader.take("nonsense\r\n", &used));
    CPPUNIT_ASSERT(State::Bad == reader.take("250 ok\r\n", &used));
    CPPUNIT_ASSERT_EQUAL(size_t{0}, used);
  }

  void enhancedCodes() {
    const std::tuple<int, const char*, const char*> cases[] = {
        {550, "5.1.1 no", "5.1.1"}, {550, "5.1.1", "5.1.1"},    {550, "5.123.456 x", "5.123.456"},
        {550, "4.1.1 no", ""},      {250, "2.0.0 ok", "2.0.0"}, {550, "5.1 no", ""},
        {550, "5.1.1234 no", ""},   {550, "5.1.1.1 no", ""},    {550, "5..1 no", ""},
        {550, "55.1.1 no", ""},     {550, "5.1.1: no", ""},     {550, "", ""},
        {550, "5.1.", ""}};
    for (const auto& [code, text, wanted] : cases) {
      CPPUNIT_ASSERT_EQUAL_MESSAGE(text, std::string(wanted), std::string(enhancedCode(code, text)));
    }
  }

  void extensions() {
    ReplyReader reader;
    size_t used = 0;
    reader.take(
        "250-MX.example.org greets you\r\n250-starttls\r\n250-PIPELINING\r\n250-SIZE "
        "1000\r\n250-8BITMIME\r\n250-DSN\r\n"
        "250-AUTH PLAIN scram-sha-256\r\n250-AUTH=LOGIN PLAIN\r\n250-LIMITS RCPTMAX=20 MAILMAX=5 OTHER\r\n"
        "250-DELIVERBY 240\r\n250-MT-PRIORITY MIXER\r\n250-REQUIRETLS\r\n250-CHUNKING\r\n250-BINARYMIME\r\n250-X\r\n"
        "250 SMTPUTF8\r\n",
        &used);
    const Extensions e = parseExtensions(reader.reply());
    CPPUNIT_ASSERT_EQUAL(std::string("mx.example.org"), e.name);
    CPPUNIT_ASSERT(e.startTls && e.pipelining && e.size && e.eightBitMime && e.dsn && e.deliverBy && e.priority);
    CPPUNIT_ASSERT(e.requireTls && e.chunking && e.binaryMime && e.smtpUtf8);
    CPPUNIT_ASSERT_EQUAL(uint64_t{1000}, e.maxSize);
    CPPUNIT_ASSERT_EQUAL(uint64_t{240}, e.minDeliverBy);
    CPPUNIT_ASSERT_EQUAL(uint64_t{20}, e.maxRecipients);
    CPPUNIT_ASSERT_EQUAL(uint64_t{5}, e.maxMails);
    CPPUNIT_ASSERT((e.mechanisms == std::vector<std::string>{"PLAIN", "SCRAM-SHA-256", "LOGIN", "PLAIN"}));
    ReceivedReply odd{
        250, "", {"", "SIZE", "LIMITS RCPTMAX=x MAILMAX= =1", "DELIVERBY -1", "SIZE 99999999999999999999"}};
    const Extensions none = parseExtensions(odd);
    CPPUNIT_ASSERT(none.size && none.maxSize == 0 && none.maxRecipients == 0 && none.maxMails == 0);
    CPPUNIT_ASSERT(none.deliverBy && none.minDeliverBy == 0 && none.name.empty());
    // STARTTLS in the first line is a name.
    CPPUNIT_ASSERT(!parseExtensions({250, "", {"STARTTLS"}}).startTls);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ReplyReaderTest);

}  // namespace
