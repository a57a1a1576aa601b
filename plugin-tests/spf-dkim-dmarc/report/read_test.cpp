// Reports that come in: what senders make of them, and what is made to hurt.
#include "report/read.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <zlib.h>

#include <cstring>

#include "report/attachment.hpp"
#include "report/unpack.hpp"
#include "report/write.hpp"

namespace {

using namespace ph_mailauth;

constexpr const char* kReport = R"(<?xml version="1.0" encoding="UTF-8" ?>
<feedback>
  <version>1.0</version>
  <report_metadata><org_name>Big &amp; Mail</org_name><email>noreply@big.example</email><report_id>42</report_id>
    <date_range><begin>1700000000</begin><end>1700086399</end></date_range></report_metadata>
  <policy_published><domain>Example.org</domain><adkim>r</adkim><aspf>r</aspf><p>none</p><sp>none</sp><pct>100</pct></policy_published>
  <record><row><source_ip>192.0.2.1</source_ip><count>7</count>
    <policy_evaluated><disposition>none</disposition><dkim>pass</dkim><spf>fail</spf>
      <reason><type>mailing_list</type><comment>x</comment></reason></policy_evaluated></row>
    <identifiers><envelope_from>b.example</envelope_from><header_from>example.org</header_from></identifiers>
    <auth_results><dkim><domain>example.org</domain><selector>s</selector><result>pass</result></dkim>
      <spf><domain>b.example</domain><scope>mfrom</scope><result>softfail</result></spf></auth_results></record>
</feedback>
)";

// A zip archive with one file.
std::string zipped(const std::string& content, bool deflated) {
  std::string data = content;
  if (deflated) {
    z_stream z{};
    deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    data.resize(deflateBound(&z, content.size()));
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
    z.avail_in = static_cast<uInt>(content.size());
    z.next_out = reinterpret_cast<Bytef*>(data.data());
    z.avail_out = static_cast<uInt>(data.size());
    deflate(&z, Z_FINISH);
    data.resize(z.total_out);
    deflateEnd(&z);
  }
  const auto number = [](uint64_t value, int octets) {
    std::string out;
    for (int i = 0; i < octets; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
    return out;
  };
  const std::string method = number(deflated ? 8 : 0, 2);
  const std::string sizes =
      number(0, 4) + number(data.size(), 4) + number(content.size(), 4) + number(5, 2) + number(0, 2);
  const std::string local =
      "PK\x03\x04" + number(20, 2) + number(0, 2) + method + number(0, 4) + sizes + "r.xml" + data;
  const std::string entry = "PK\x01\x02" + number(20, 2) + number(20, 2) + number(0, 2) + method + number(0, 4) +
                            sizes + number(0, 2) + number(0, 2) + number(0, 2) + number(0, 4) + number(0, 4) + "r.xml";
  return local + entry + "PK\x05\x06" + number(0, 4) + number(1, 2) + number(1, 2) + number(entry.size(), 4) +
         number(local.size(), 4) + number(0, 2);
}

class ReportReadTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ReportReadTest);
  CPPUNIT_TEST(reads);
  CPPUNIT_TEST(packed);
  CPPUNIT_TEST(refused);
  CPPUNIT_TEST(bombs);
  CPPUNIT_TEST(manyRows);
  CPPUNIT_TEST(attachments);
  CPPUNIT_TEST(oursComeBack);
  CPPUNIT_TEST_SUITE_END();

 public:
  void reads() {
    const auto r = readReport(kReport);
    CPPUNIT_ASSERT_MESSAGE(r ? "" : r.error().text, r.ok());
    CPPUNIT_ASSERT_EQUAL(std::string("Big & Mail"), r->organisation);
    CPPUNIT_ASSERT(r->domain == "example.org" && r->id == "42" && r->begin == 1700000000 && r->end == 1700086399);
    const auto& row = r->rows.at(0);
    CPPUNIT_ASSERT(row.count == 7 && row.sourceIp == "192.0.2.1" && row.dkim && !row.spf && row.disposition == "none");
    CPPUNIT_ASSERT(row.reasons == (std::vector<ReportReason>{{"mailing_list", "x"}}));
    CPPUNIT_ASSERT(row.dkimResults == (std::vector<ReportedDkim>{{"example.org", "s", "pass"}}));
    CPPUNIT_ASSERT(row.spfResults == (std::vector<ReportedSpf>{{"b.example", "mfrom", "softfail"}}));
  }

  void packed() {
    CPPUNIT_ASSERT(readReport(*gzipped(kReport)).ok());
    CPPUNIT_ASSERT(readReport(zipped(kReport, true)).ok());
    CPPUNIT_ASSERT(readReport(zipped(kReport, false)).ok());
    CPPUNIT_ASSERT(readReport("\xef\xbb\xbf" + std::string(kReport)).ok());
  }

  void refused() {
    const std::string text = kReport;
    const std::string gz = *gzipped(kReport), zip = zipped(kReport, true);
    const auto with = [&](const char* old, const char* with) {
      return std::string(text).replace(text.find(old), strlen(old), with);
    };
    for (const std::string& bad :
         {std::string(), std::string("hello"), text.substr(0, 400), gz.substr(0, gz.size() / 2),
          zip.substr(0, zip.size() - 10), zip.substr(20),
          with("<feedback>", "<!DOCTYPE f [<!ENTITY a \"b\">]><feedback>"),
          with("<feedback>", "<!DOCTYPE f SYSTEM \"file:///etc/passwd\"><feedback>"), with("Example.org", "no domain"),
          with("<count>7", "<count>-7"), with("<count>7", "<count>99999999999999999999"),
          with("<begin>1700000000", "<begin>x"), with("<end>1700086399", "<end>1"),
          std::string("<html><body>no report</body></html>"), std::string("<feedback></feedback>")}) {
      CPPUNIT_ASSERT_MESSAGE(bad, !readReport(bad));
    }
    std::string deep = "<feedback>";
    for (int i = 0; i < 1000; ++i) deep += "<a>";
    CPPUNIT_ASSERT_EQUAL(std::string("elements too deep, or names too long"), readReport(deep).error().text);
  }

  // RFC 7489 12.6 and every day's experience.
  void bombs() {
    const std::string bomb = *gzipped("<feedback>" + std::string(size_t{64} << 20, ' '));
    CPPUNIT_ASSERT(bomb.size() < 100'000);
    CPPUNIT_ASSERT(readReport(bomb).error().kind == ph::Kind::Limit);
    CPPUNIT_ASSERT(readReport(zipped("<feedback>" + std::string(size_t{64} << 20, ' '), true)).error().kind ==
                   ph::Kind::Limit);
    // The sink ends it early: nothing more is unpacked.
    size_t got = 0;
    CPPUNIT_ASSERT(unpackReport(bomb, [&](std::string_view piece) { return (got += piece.size()) < 100'000; }).ok());
    CPPUNIT_ASSERT(got < 300'000);
  }

  void manyRows() {
    const std::string text = kReport;
    const size_t at = text.find("<record>"), end = text.find("</feedback>");
    std::string many = text.substr(0, at);
    for (size_t i = 0; i <= kMaxReportRows; ++i) many += text.substr(at, end - at);
    const auto r = readReport(many + "</feedback>");
    CPPUNIT_ASSERT(!r && r.error().kind == ph::Kind::Limit);
  }

  void attachments() {
    const std::string head =
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\n";
    for (const char* type : {"Content-Type: application/gzip", "Content-Type: text/xml",
                             "Content-Type: application/octet-stream; name=\"a!b!1!2.xml.gz\""}) {
      const auto found =
          reportAttachment(head + type + "\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n--b--\r\n");
      CPPUNIT_ASSERT_MESSAGE(type, found.ok() && *found == "hello");
    }
    CPPUNIT_ASSERT(reportAttachment("Content-Type: application/zip\r\n\r\nPK").ok());
    CPPUNIT_ASSERT(reportAttachment("Subject: x\r\n\r\n<feedback/>").error().kind == ph::Kind::NotFound);
  }

  void oursComeBack() {
    AggregateReport r;
    r.organisation = "<mx> & \"co\"\n";
    r.email = "p@mx.example";
    r.id = "1@mx.example";
    r.begin = 3600;
    r.end = 7199;
    r.domain = "example.org";
    r.adkim = r.aspf = "r";
    r.p = "reject";
    ReportRow row;
    row.sourceIp = "2001:db8::1";
    row.count = 3;
    row.disposition = "none";
    row.spf = true;
    row.reasons = {{"forwarded", ""}};
    row.headerFrom = "example.org";
    row.dkimResults = {{"example.org", "s", "fail"}};
    row.spfResults = {{"example.org", "mfrom", "pass"}};
    r.rows = {row};
    const auto back = readReport(*gzipped(reportXml(r)));
    CPPUNIT_ASSERT(back.ok());
    CPPUNIT_ASSERT_EQUAL(std::string("<mx> & \"co\"?"), back->organisation);
    CPPUNIT_ASSERT_EQUAL(std::string("2001:db8:0:0:0:0:0:1"), back->rows.at(0).sourceIp);
    CPPUNIT_ASSERT(back->rows[0].reasons == (std::vector<ReportReason>{{"trusted_forwarder", "forwarded"}}));
    CPPUNIT_ASSERT(back->rows[0].count == 3 && back->rows[0].spf && !back->rows[0].dkim && back->p == "reject");
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ReportReadTest);

}  // namespace
