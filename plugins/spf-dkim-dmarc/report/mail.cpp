#include "report/mail.hpp"

#include "ph/date/date.hpp"
#include "ph/header/writer.hpp"
#include "ph/mime/decode.hpp"

namespace ph_mailauth {

namespace {

ph::Result<std::string> header(const ReportMail& mail, const std::string& subject, const std::string& type) {
  ph::header::HeaderWriter w;
  for (const auto& [name, value] : {std::pair<const char*, std::string>{"From", "<" + mail.from + ">"},
                                    {"To", "<" + mail.to + ">"},
                                    {"Subject", subject},
                                    {"Date", ph::date::format({mail.now, 0})},
                                    {"Message-ID", mail.messageId},
                                    {"Auto-Submitted", "auto-generated"},
                                    {"MIME-Version", "1.0"},
                                    {"Content-Type", type}}) {
    if (auto s = w.add(name, value); !s) return s.error();
  }
  return w.take();
}

}  // namespace

std::string reportFileName(const AggregateReport& report, const std::string& submitter) {
  return submitter + "!" + report.domain + "!" + std::to_string(report.begin) + "!" + std::to_string(report.end) +
         ".xml.gz";
}

ph::Result<std::string> composeReport(const ReportMail& mail, const AggregateReport& report, const std::string& gzip) {
  const std::string boundary = "report-" + std::to_string(report.begin) + "-" + std::to_string(mail.now);
  const auto head = header(
      mail, "Report Domain: " + report.domain + " Submitter: " + mail.submitter + " Report-ID: <" + report.id + ">",
      "multipart/mixed; boundary=\"" + boundary + "\"");
  if (!head) return head;
  const std::string name = reportFileName(report, mail.submitter);
  std::string out = *head + "\r\n--" + boundary + "\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n";
  out += "This is a DMARC aggregate report about " + report.domain + ",\r\nfrom " +
         ph::date::format({report.begin, 0}) + "\r\nto " + ph::date::format({report.end, 0}) + ", made by " +
         mail.submitter + ".\r\n";
  out += "\r\n--" + boundary + "\r\nContent-Type: application/gzip; name=\"" + name + "\"\r\n";
  out += "Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment;\r\n filename=\"" + name + "\"\r\n\r\n";
  out += ph::mime::encodeBase64(gzip, true);
  return out + "\r\n--" + boundary + "--\r\n";
}

ph::Result<std::string> composeTooLarge(const ReportMail& mail, const AggregateReport& report, size_t size) {
  const auto head = header(
      mail, "Report Domain: " + report.domain + " Submitter: " + mail.submitter + " Report-ID: <" + report.id + ">",
      "text/plain; charset=us-ascii");
  if (!head) return head;
  return *head + "\r\nReport-Date: " + ph::date::format({mail.now, 0}) + "\r\nReport-Domain: " + report.domain +
         "\r\nReport-ID: " + report.id + "\r\nReport-Size: " + std::to_string(size) +
         "\r\nSubmitter: " + mail.submitter + "\r\nSubmitting-URI: mailto:" + mail.to + "\r\n";
}

}  // namespace ph_mailauth
