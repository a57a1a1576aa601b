#include "pipeline/delivery_info.hpp"

#include <cppunit/extensions/HelperMacros.h>

namespace posthouse::pipeline {

using store::Validation;

class DeliveryInfoTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(DeliveryInfoTest);
  CPPUNIT_TEST(readsTheTransaction);
  CPPUNIT_TEST(readsTheAuthor);
  CPPUNIT_TEST(validatesTheAuthor);
  CPPUNIT_TEST_SUITE_END();

 public:
  static mail::MessageRef message(const std::string& text) {
    mail::MessageRef m(mail::newBuffer("/tmp", 1 << 20));
    CPPUNIT_ASSERT_EQUAL(ph_status{PH_OK}, m->write(text));
    CPPUNIT_ASSERT_EQUAL(ph_status{PH_OK}, m->finish());
    return m;
  }

  void readsTheTransaction() {
    Transaction txn;
    txn.remoteIp = "192.0.2.1";
    txn.helo = "MX.Example.ORG";
    txn.reversePath = "\"b c\"@Lists.Example.org";
    txn.tlsVersion = "TLSv1.3";
    txn.facts = {{"auth.spf", "softfail"},
                 {"auth.spf.helo", "pass"},
                 {"smtp.requiretls", "1"},
                 {"auth.dkim", "pass:Example.org fail:example.net pass:example.org pass:b\xc3\xbc.example pass:"}};
    txn.message = message("From: x@example.org\r\n\r\nx\r\n");
    Recipient rcpt;
    rcpt.forwardPath = "Ann@example.com";
    const auto info = deliveryInfo(txn, rcpt);
    CPPUNIT_ASSERT_EQUAL(std::string("mx.example.org"), info.heloDomain);
    CPPUNIT_ASSERT_EQUAL(std::string("b c"), info.mailFrom.localpart);
    CPPUNIT_ASSERT_EQUAL(std::string("lists.example.org"), info.mailFrom.domain);
    CPPUNIT_ASSERT_EQUAL(std::string("Ann"), info.rcptTo.localpart);
    CPPUNIT_ASSERT(info.heloValidation == Validation::Pass && info.mailFromValidation == Validation::SoftFail);
    CPPUNIT_ASSERT(info.requireTls && info.tlsVersion == "TLSv1.3");
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, info.dkimDomains.size());
    CPPUNIT_ASSERT_EQUAL(std::string("xn--b-eha.example"), info.dkimDomains[1]);
    const auto unknown = deliveryInfo(Transaction(), Recipient());
    CPPUNIT_ASSERT(unknown.mailFromValidation == Validation::Unknown && unknown.dkimDomains.empty());
  }

  void readsTheAuthor() {
    const std::pair<const char*, const char*> cases[] = {
        {"From: Jane <jane@Mail.Example.org>\r\n\r\n", "jane@mail.example.org"},
        {"From: \"Doe, J.\"\r\n <jane@example.org>\r\n\r\n", "jane@example.org"},
        {"From: nobody, joe@example.org\r\n\r\n", "joe@example.org"},
        {"Subject: x\r\n\r\nFrom: a@example.org\r\n", "@"},
        {"From: team:;\r\n\r\n", "@"},
        {"", "@"},
    };
    for (const auto& [text, wanted] : cases) {
      const auto author = authorOf(*message(text).get());
      CPPUNIT_ASSERT_EQUAL_MESSAGE(text, std::string(wanted), author.localpart + "@" + author.domain);
    }
  }

  void validatesTheAuthor() {
    const struct {
      const char *mailFrom, *spf, *dkim, *dmarc;
      Validation wanted;
    } cases[] = {
        {"a@mail.example.org", "", "", "", Validation::Unknown},
        {"a@mail.example.org", "pass", "", "pass", Validation::Dmarc},
        {"a@mail.example.org", "pass", "", "fail", Validation::Fail},
        {"a@mail.example.org", "pass", "", "none", Validation::Strict},
        {"a@bounce.example.org", "pass", "", "none", Validation::Relaxed},
        {"a@bounce.example.org", "fail", "", "none", Validation::None},
        {"a@other.example", "pass", "", "none", Validation::None},
        {"a@other.example", "", "pass:example.org", "", Validation::Relaxed},
        {"a@other.example", "", "pass:example.org pass:mail.example.org", "none", Validation::Strict},
        {"a@other.example", "", "fail:mail.example.org", "none", Validation::None},
        {"a@mail.example.org", "pass", "", "temperror", Validation::TempError},
    };
    for (const auto& c : cases) {
      Transaction txn;
      txn.reversePath = c.mailFrom;
      txn.message = message("From: jane@mail.example.org\r\n\r\n");
      for (const auto& [name, value] :
           {std::pair("auth.spf", c.spf), std::pair("auth.dkim", c.dkim), std::pair("auth.dmarc", c.dmarc)})
        if (*value != '\0') txn.facts[name] = value;
      const auto found = deliveryInfo(txn, Recipient()).fromValidation;
      CPPUNIT_ASSERT_EQUAL_MESSAGE(std::string(c.mailFrom) + c.spf + c.dkim + c.dmarc, static_cast<int>(c.wanted),
                                   static_cast<int>(found));
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DeliveryInfoTest);

}  // namespace posthouse::pipeline
