#include "report/write.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "dns/ip.hpp"
#include "ph/text/utf8.hpp"

namespace ph_mailauth {

namespace {

// Character data: markup is escaped; what XML 1.0 can't hold, and what is no UTF-8, becomes '?'.
std::string escaped(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    char32_t c = 0;
    if (!ph::text::nextCodePoint(text, at, c)) {
      out += '?';
      ++at;
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c < 0x20 || c == 0x7f || c == 0xfffe || c == 0xffff) {
      out += '?';
    } else {
      ph::text::appendUtf8(out, c);
    }
  }
  return out;
}

class Xml {
 public:
  void open(const std::string& name) { line("<" + name + ">"), ++depth_; }
  void close(const std::string& name) { --depth_, line("</" + name + ">"); }
  void add(const std::string& name, std::string_view value) {
    line("<" + name + ">" + escaped(value) + "</" + name + ">");
  }
  void addIf(const std::string& name, std::string_view value) {
    if (!value.empty()) add(name, value);
  }
  void line(const std::string& text) { out_ += std::string(depth_ * 2, ' ') + text + "\n"; }
  std::string take() { return std::move(out_); }

 private:
  size_t depth_ = 0;
  std::string out_ = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
};

// All eight groups: the schema knows no "::".
std::string ipText(const std::string& text) {
  const auto ip = Ip::parse(text);
  if (!ip || !ip->v6) return text;
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (size_t i = 0; i < ip->bytes.size(); i += 2) {
    const unsigned group = static_cast<unsigned>(ip->bytes[i]) << 8 | ip->bytes[i + 1];
    std::string digits;
    for (int shift = 12; shift >= 0; shift -= 4) {
      if (!digits.empty() || (group >> shift) != 0 || shift == 0) digits += kHex[group >> shift & 15];
    }
    out += (out.empty() ? "" : ":") + digits;
  }
  return out;
}

// The words that a report may give as a reason; ours that it does not know are explained in the comment.
ReportReason reasonOf(const ReportReason& reason) {
  static constexpr std::array<std::string_view, 5> kKnown = {"trusted_forwarder", "mailing_list", "local_policy",
                                                             "policy_test_mode", "other"};
  if (std::find(kKnown.begin(), kKnown.end(), reason.type) != kKnown.end()) return reason;
  ReportReason out;
  out.type = reason.type == "forwarded" ? "trusted_forwarder" : "other";
  out.comment = reason.comment.empty() ? reason.type : reason.type + ": " + reason.comment;
  return out;
}

void addRow(Xml& x, const ReportRow& row) {
  x.open("row");
  x.add("source_ip", ipText(row.sourceIp));
  x.add("count", std::to_string(row.count));
  x.open("policy_evaluated");
  x.add("disposition", row.disposition);
  x.add("dkim", row.dkim ? "pass" : "fail");
  x.add("spf", row.spf ? "pass" : "fail");
  for (const auto& r : row.reasons) {
    const auto reason = reasonOf(r);
    x.open("reason");
    x.add("type", reason.type);
    x.addIf("comment", reason.comment);
    x.close("reason");
  }
  x.close("policy_evaluated");
  x.close("row");
}

void addResults(Xml& x, const ReportRow& row) {
  x.open("auth_results");
  for (const auto& d : row.dkimResults) {
    x.open("dkim");
    x.add("domain", d.domain);
    x.add("selector", d.selector);
    x.add("result", d.result);
    x.close("dkim");
  }
  for (const auto& s : row.spfResults) {
    x.open("spf");
    x.add("domain", s.domain);
    x.add("scope", s.scope);
    x.add("result", s.result);
    x.close("spf");
  }
  x.close("auth_results");
}

}  // namespace

std::string reportXml(const AggregateReport& r) {
  Xml x;
  // Only the root is in the namespace; the schema leaves the rest unqualified.
  x.line("<feedback xmlns=\"urn:ietf:params:xml:ns:dmarc-2.0\">");
  x.open("report_metadata xmlns=\"\"");
  x.add("org_name", r.organisation);
  x.add("email", r.email);
  x.addIf("extra_contact_info", r.contact);
  x.add("report_id", r.id);
  x.open("date_range");
  x.add("begin", std::to_string(r.begin));
  x.add("end", std::to_string(r.end));
  x.close("date_range");
  for (const auto& e : r.errors) x.add("error", e);
  x.close("report_metadata");
  x.open("policy_published xmlns=\"\"");
  x.add("domain", r.domain);
  x.addIf("adkim", r.adkim);
  x.addIf("aspf", r.aspf);
  x.addIf("p", r.p);
  x.addIf("sp", r.sp);
  x.addIf("np", r.np);
  x.addIf("t", r.testing);
  x.addIf("psd", r.psd);
  x.addIf("fo", r.fo);
  x.addIf("discovery_method", r.discovery);
  x.close("policy_published");
  for (const auto& row : r.rows) {
    x.open("record xmlns=\"\"");
    addRow(x, row);
    x.open("identifiers");
    x.addIf("envelope_to", row.envelopeTo);
    x.add("envelope_from", row.envelopeFrom);
    x.add("header_from", row.headerFrom);
    x.close("identifiers");
    addResults(x, row);
    x.close("record");
  }
  x.line("</feedback>");
  return x.take();
}

ph::Result<std::string> gzipped(const std::string& data) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    return ph::Error{ph::Kind::Temporary, "no memory to compress"};
  std::string out(deflateBound(&stream, data.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (result != Z_STREAM_END) return ph::Error{ph::Kind::Bug, "compression did not end"};
  return out;
}

}  // namespace ph_mailauth
