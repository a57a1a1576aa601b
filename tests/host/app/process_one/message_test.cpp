#include "app/process_one/message.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "app/listening.hpp"
#include "app/process_one/channel.hpp"

using namespace posthouse::app;
using namespace std::string_literals;

namespace {

class MessageTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(MessageTest);
  CPPUNIT_TEST(roundTrip);
  CPPUNIT_TEST(otherBytes);
  CPPUNIT_TEST(listening);
  CPPUNIT_TEST(channel);
  CPPUNIT_TEST_SUITE_END();

 public:
  void roundTrip() {
    for (const auto& texts :
         {std::vector<std::string>{}, {""}, {"mx", "127.0.0.1:25"}, {"a\0b"s, std::string(70000, 'x')}}) {
      const auto back = decode(encode({MessageType::Bind, texts}));
      CPPUNIT_ASSERT(back && back->type == MessageType::Bind && back->texts == texts);
    }
    CPPUNIT_ASSERT_EQUAL("\x04\x02\0\0\0mx"s, encode({MessageType::Bind, {"mx"}}));
  }

  void otherBytes() {
    for (const auto& bytes : {""s, "\0"s, "\x63"s, "\x04\x02\0\0"s, "\x04\x02\0\0\0m"s, "\x04\xff\xff\xff\xffm"s,
                              "\x04\0\0\0\0\x01"s, "\x04"s + std::string(kMaxMessage, '\0')}) {
      CPPUNIT_ASSERT(!decode(bytes));
    }
  }

  void listening() {
    const std::vector<Listening> all = {{"mx", "smtp", "starttls", {"127.0.0.1:25", "[::1]:25"}, ""},
                                        {"imap", "imap", "none", {}, "no running plugin speaks imap"}};
    auto texts = toTexts(all);
    const auto back = listeningFrom(texts);
    CPPUNIT_ASSERT(back && back->size() == 2 && toTexts(*back) == texts);
    CPPUNIT_ASSERT((*back)[0].addresses == all[0].addresses && (*back)[1].problem == all[1].problem);
    for (const char* count : {"3", "9", "-1", "", "18446744073709551615", "99999999999999999999"}) {
      texts[4] = count;
      CPPUNIT_ASSERT_MESSAGE(count, !listeningFrom(texts));
    }
    CPPUNIT_ASSERT(!listeningFrom({"mx"}));
  }

  // Descriptors come where they are wanted, and an end that is gone is told from one that is silent.
  void channel() {
    auto ends = Channel::pair();
    CPPUNIT_ASSERT(ends);
    auto& [a, b] = *ends;
    using What = Channel::Received::What;
    CPPUNIT_ASSERT(b.receive(false, true).what == What::Nothing);
    for (const bool wanted : {true, false}) {
      CPPUNIT_ASSERT(a.send({MessageType::Granted, {}}, a.fd()));
      const auto got = b.receive(true, wanted);
      CPPUNIT_ASSERT(got.what == What::Message && got.message.type == MessageType::Granted);
      CPPUNIT_ASSERT_EQUAL(wanted, static_cast<bool>(got.descriptor));
    }
    CPPUNIT_ASSERT(!a.send({MessageType::Refused, {std::string(kMaxMessage, 'x')}}));
    CPPUNIT_ASSERT(::write(a.fd(), "x", 1) == 1);
    CPPUNIT_ASSERT(b.receive(false, false).what == What::Garbage);
    a.close();
    CPPUNIT_ASSERT(b.receive(true, false).what == What::Ended);
    CPPUNIT_ASSERT(!b.send({MessageType::Stopping, {}}));
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(MessageTest);

}  // namespace
