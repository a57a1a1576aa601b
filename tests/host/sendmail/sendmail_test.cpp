// The command line of sendmail, and what becomes of piped text.
#include <cppunit/extensions/HelperMacros.h>

#include "sendmail/options.hpp"
#include "sendmail/prepare.hpp"

using posthouse::sendmail::Options;
using posthouse::sendmail::parseOptions;
using posthouse::sendmail::prepare;
using posthouse::sendmail::Self;

namespace {

const Self kSelf{"cron@our.example", "", 0, 60, "1"};

std::string joined(const std::vector<std::string>& list) {
  std::string out;
  for (const auto& s : list) out += (out.empty() ? "" : " ") + s;
  return out;
}

class SendmailTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SendmailTest);
  CPPUNIT_TEST(commandLines);
  CPPUNIT_TEST(badCommandLines);
  CPPUNIT_TEST(envelopes);
  CPPUNIT_TEST(messages);
  CPPUNIT_TEST(linesAndDots);
  CPPUNIT_TEST(refused);
  CPPUNIT_TEST_SUITE_END();

 public:
  void commandLines() {
    const struct {
      std::vector<std::string> args;
      const char* from;  // "-": not said
      bool fromHeader, dotsAreText;
      const char* recipients;
    } table[] = {
        {{"-FCronDaemon", "-i", "-odi", "-oem", "-oi", "-t"}, "-", true, true, ""},  // cron of Debian
        {{"-oi", "-t", "-f", "ann@a.example"}, "ann@a.example", true, true, ""},     // mutt
        {{"-i", "-fann@a.example", "--", "-odd@b.example"}, "ann@a.example", false, true, "-odd@b.example"},
        {{"-ti"}, "-", true, true, ""},
        {{"-N", "never", "-R", "hdrs", "x@a.example", "y@a.example"}, "-", false, false, "x@a.example y@a.example"},
        {{"-f", "<>", "x@a.example"}, "<>", false, false, "x@a.example"},
        {{"-O", "DeliveryMode=b", "-bm", "-v", "x@a.example"}, "-", false, false, "x@a.example"},
    };
    for (const auto& t : table) {
      const auto o = parseOptions(t.args);
      CPPUNIT_ASSERT_MESSAGE(joined(t.args), o.ok());
      CPPUNIT_ASSERT_EQUAL(std::string(t.from), o->from.value_or("-"));
      CPPUNIT_ASSERT_EQUAL(t.fromHeader, o->fromHeader);
      CPPUNIT_ASSERT_EQUAL(t.dotsAreText, o->dotsAreText);
      CPPUNIT_ASSERT_EQUAL(std::string(t.recipients), joined(o->recipients));
    }
    CPPUNIT_ASSERT(parseOptions({"-q30m"})->mode == Options::Mode::Flush);
    CPPUNIT_ASSERT(parseOptions({"-bp"})->mode == Options::Mode::List);
    CPPUNIT_ASSERT(parseOptions({"-bi"})->mode == Options::Mode::Nothing);
  }

  void badCommandLines() {
    for (const auto& args : {std::vector<std::string>{"-bs"}, {"-bd"}, {"-f"}, {"-tZ"}, {"-Z"}, {"--config"}})
      CPPUNIT_ASSERT_MESSAGE(joined(args), !parseOptions(args).ok());
  }

  void envelopes() {
    const struct {
      std::vector<std::string> args;
      const char* input;
      const char* from;
      const char* to;
    } table[] = {
        {{"x@a.example"}, "Subject: s\n\nb\n", "cron@our.example", "x@a.example"},
        {{"root"}, "Subject: s\n\nb\n", "cron@our.example", "root@our.example"},
        {{"-f", "ann@a.example", "x@a.example"}, "\nb\n", "ann@a.example", "x@a.example"},
        {{"-f", "ann", "x@a.example"}, "\nb\n", "ann@our.example", "x@a.example"},
        {{"-f", "<>", "x@a.example"}, "\nb\n", "", "x@a.example"},
        {{"-t"},
         "To: x@a.example, \"B, c\" <y@a.example>\nCc: root\nBcc: z@a.example\n\nb\n",
         "cron@our.example",
         "x@a.example y@a.example root@our.example z@a.example"},
        {{"-t"}, "To: x@a.example\nResent-To: r@a.example\n\nb\n", "cron@our.example", "r@a.example"},
        {{"-t", "w@a.example"}, "To: x@a.example, w@a.example\n\nb\n", "cron@our.example", "w@a.example x@a.example"},
        {{"\"a b\"@a.example"}, "\nb\n", "cron@our.example", "\"a b\"@a.example"},
        {{"a@a.example, b@a.example"}, "\nb\n", "cron@our.example", "a@a.example b@a.example"},
    };
    for (const auto& t : table) {
      const auto p = prepare(*parseOptions(t.args), t.input, kSelf);
      CPPUNIT_ASSERT_MESSAGE(joined(t.args), p.ok());
      CPPUNIT_ASSERT_EQUAL(std::string(t.from), p->reversePath);
      CPPUNIT_ASSERT_EQUAL(std::string(t.to), joined(p->recipients));
    }
    const auto own =
        prepare(*parseOptions({"x@a.example"}), "From: Ann <ann@a.example>\n\n", {"", "our.example", 0, 0, "1"});
    CPPUNIT_ASSERT_EQUAL(std::string("ann@a.example"), own->reversePath);
  }

  void messages() {
    const std::string added = "Date: Thu, 01 Jan 1970 01:00:00 +0100\r\nMessage-ID: <1@our.example>\r\n";
    const struct {
      const char* input;
      std::string message;
    } table[] = {
        {"Subject: s\n\nb\n", "From: cron@our.example\r\n" + added + "Subject: s\r\n\r\nb\r\n"},
        {"From: root (Cron Daemon)\nSubject: s\n\nb\n",
         "From: Cron Daemon <cron@our.example>\r\n" + added + "Subject: s\r\n\r\nb\r\n"},
        {"From: ann@a.example\nDate: Thu, 1 Jan 1970 00:00:00 +0000\nMessage-ID: <x@y>\nBcc: z@a.example\n\nb\n",
         "From: ann@a.example\r\nDate: Thu, 1 Jan 1970 00:00:00 +0000\r\nMessage-ID: <x@y>\r\n\r\nb\r\n"},
        {"no header at all\n", "From: cron@our.example\r\n" + added + "\r\nno header at all\r\n"},
        {"", "From: cron@our.example\r\n" + added + "\r\n"},
    };
    for (const auto& t : table)
      CPPUNIT_ASSERT_EQUAL(t.message, prepare(*parseOptions({"x@a.example"}), t.input, kSelf)->message);
    const auto named = prepare(*parseOptions({"-F", "The, Cron", "x@a.example"}), "\nb\n", kSelf);
    CPPUNIT_ASSERT(named->message.starts_with("From: \"The, Cron\" <cron@our.example>\r\n"));
  }

  void linesAndDots() {
    const auto body = [](const char* flag, std::string_view input) {
      const auto p = prepare(*parseOptions({flag, "x@a.example"}), input, kSelf);
      return p->message.substr(p->message.find("\r\n\r\n") + 4);
    };
    CPPUNIT_ASSERT_EQUAL(std::string("a\r\n.b\r\n"), body("-v", "\na\r\n.b\n.\nc\n"));
    CPPUNIT_ASSERT_EQUAL(std::string("a\r\n.\r\nc\r\n"), body("-i", "\na\n.\nc"));
    CPPUNIT_ASSERT_EQUAL(std::string("a b\r\n"), body("-i", "\na\rb\r\r\n"));
  }

  void refused() {
    const struct {
      std::vector<std::string> args;
      const char* input;
    } table[] = {{{}, "\nb\n"},
                 {{"-t"}, "Subject: nobody\n\nb\n"},
                 {{"x@-.-"}, "\nb\n"},
                 {{"-f", "x@-.-", "x@a.example"}, "\nb\n"}};
    for (const auto& t : table) {
      const auto p = prepare(*parseOptions(t.args), t.input, kSelf);
      CPPUNIT_ASSERT_MESSAGE(joined(t.args) + (p ? " is " + joined(p->recipients) + " " + p->reversePath : ""),
                             !p.ok());
    }
    CPPUNIT_ASSERT(!prepare(*parseOptions({"x@a.example"}), "From: root\n\nb\n", {"", "our.example", 0, 0, "1"}).ok());
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SendmailTest);

}  // namespace
