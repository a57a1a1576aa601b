#include "report/read.hpp"

#include <expat.h>

#include <algorithm>
#include <charconv>
#include <string>

#include "ph/address/domain.hpp"
#include "ph/text/ascii.hpp"
#include "report/unpack.hpp"

namespace ph_mailauth {

namespace {

constexpr size_t kMaxText = 1024;
constexpr size_t kMaxDepth = 16;
constexpr size_t kMaxOfOne = 50;  // reasons or results of one row, errors of a report

template <class Number>
Number numberOf(std::string_view text, bool* good) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) *good = false;
  return value;
}

}  // namespace

struct ReportReader::State {
  XML_Parser parser = XML_ParserCreate(nullptr);
  AggregateReport report;
  std::string path;  // "/feedback/record/row"
  std::string text;
  size_t depth = 0;
  bool rooted = false;
  ph::Status failed;

  ~State() { XML_ParserFree(parser); }

  void stop(ph::Kind kind, const char* why) {
    if (failed) failed = ph::Error{kind, why};
    XML_StopParser(parser, XML_FALSE);
  }

  void begin(const XML_Char* rawName) {
    // Prefixes of namespaces are the sender's choice.
    std::string_view name = rawName;
    if (const size_t colon = name.rfind(':'); colon != name.npos) name.remove_prefix(colon + 1);
    if (++depth > kMaxDepth || name.size() > 64) return stop(ph::Kind::Invalid, "elements too deep, or names too long");
    if (depth == 1) {
      rooted = name == "feedback";
      if (!rooted) return stop(ph::Kind::Invalid, "it is no aggregate report");
    }
    path.append("/").append(name);
    text.clear();
    if (path == "/feedback/record") {
      if (report.rows.size() == kMaxReportRows) return stop(ph::Kind::Limit, "too many records");
      report.rows.emplace_back();
    }
    if (report.rows.empty()) return;
    auto& row = report.rows.back();
    if (path == "/feedback/record/row/policy_evaluated/reason" && row.reasons.size() < kMaxOfOne)
      row.reasons.emplace_back();
    if (path == "/feedback/record/auth_results/dkim" && row.dkimResults.size() < kMaxOfOne)
      row.dkimResults.emplace_back();
    if (path == "/feedback/record/auth_results/spf" && row.spfResults.size() < kMaxOfOne) row.spfResults.emplace_back();
  }

  void end() {
    // A reason or result beyond kMaxOfOne overwrites the last one, which costs nothing.
    std::string value(ph::text::trim(text));
    text.clear();
    take(std::move(value));
    path.resize(path.rfind('/'));
    --depth;
  }

  void take(std::string value) {
    constexpr std::string_view kRecord = "/feedback/record/";
    const std::string_view at = path;
    if (!report.rows.empty() && at.starts_with(kRecord)) return takeRow(at.substr(kRecord.size()), std::move(value));
    bool good = true;
    if (at == "/feedback/report_metadata/org_name")
      report.organisation = std::move(value);
    else if (at == "/feedback/report_metadata/email")
      report.email = std::move(value);
    else if (at == "/feedback/report_metadata/extra_contact_info")
      report.contact = std::move(value);
    else if (at == "/feedback/report_metadata/report_id")
      report.id = std::move(value);
    else if (at == "/feedback/report_metadata/date_range/begin")
      report.begin = numberOf<int64_t>(value, &good);
    else if (at == "/feedback/report_metadata/date_range/end")
      report.end = numberOf<int64_t>(value, &good);
    else if (at == "/feedback/report_metadata/error" && report.errors.size() < kMaxOfOne)
      report.errors.push_back(std::move(value));
    else
      takePolicy(at, std::move(value));
    if (!good) stop(ph::Kind::Invalid, "a time is no number");
  }

  void takePolicy(std::string_view at, std::string value) {
    constexpr std::string_view kPolicy = "/feedback/policy_published/";
    if (!at.starts_with(kPolicy)) return;
    at.remove_prefix(kPolicy.size());
    const std::pair<std::string_view, std::string*> fields[] = {
        {"domain", &report.domain}, {"adkim", &report.adkim},
        {"aspf", &report.aspf},     {"p", &report.p},
        {"sp", &report.sp},         {"np", &report.np},
        {"t", &report.testing},     {"psd", &report.psd},
        {"fo", &report.fo},         {"discovery_method", &report.discovery}};
    for (const auto& [name, field] : fields) {
      if (name == at) *field = std::move(value);
    }
  }

  void takeRow(std::string_view at, std::string value) {
    auto& row = report.rows.back();
    auto* reason = row.reasons.empty() ? nullptr : &row.reasons.back();
    auto* dkim = row.dkimResults.empty() ? nullptr : &row.dkimResults.back();
    auto* spf = row.spfResults.empty() ? nullptr : &row.spfResults.back();
    const std::pair<std::string_view, std::string*> fields[] = {
        {"row/source_ip", &row.sourceIp},
        {"row/policy_evaluated/disposition", &row.disposition},
        {"row/policy_evaluated/reason/type", reason ? &reason->type : nullptr},
        {"row/policy_evaluated/reason/comment", reason ? &reason->comment : nullptr},
        {"identifiers/header_from", &row.headerFrom},
        {"identifiers/envelope_from", &row.envelopeFrom},
        {"identifiers/envelope_to", &row.envelopeTo},
        {"auth_results/dkim/domain", dkim ? &dkim->domain : nullptr},
        {"auth_results/dkim/selector", dkim ? &dkim->selector : nullptr},
        {"auth_results/dkim/result", dkim ? &dkim->result : nullptr},
        {"auth_results/spf/domain", spf ? &spf->domain : nullptr},
        {"auth_results/spf/scope", spf ? &spf->scope : nullptr},
        {"auth_results/spf/result", spf ? &spf->result : nullptr}};
    for (const auto& [name, field] : fields) {
      if (name == at && field) *field = std::move(value);
    }
    bool good = true;
    if (at == "row/count") row.count = numberOf<uint64_t>(value, &good);
    if (at == "row/policy_evaluated/dkim") row.dkim = value == "pass";
    if (at == "row/policy_evaluated/spf") row.spf = value == "pass";
    // What a sum over all rows of all reports can hold.
    constexpr uint64_t kMaxCount = uint64_t{1} << 40;
    if (!good || row.count > kMaxCount) stop(ph::Kind::Invalid, "a count is no number that can be");
  }
};

ReportReader::ReportReader() : state_(std::make_unique<State>()) {
  XML_Parser p = state_->parser;
  XML_SetUserData(p, state_.get());
  XML_SetElementHandler(
      p, [](void* self, const XML_Char* name, const XML_Char**) { static_cast<State*>(self)->begin(name); },
      [](void* self, const XML_Char*) {
        auto* s = static_cast<State*>(self);
        if (s->failed) s->end();
      });
  XML_SetCharacterDataHandler(p, [](void* self, const XML_Char* data, int size) {
    auto& text = static_cast<State*>(self)->text;
    text.append(data, std::min<size_t>(static_cast<size_t>(size), kMaxText - std::min(text.size(), kMaxText)));
  });
  XML_SetStartDoctypeDeclHandler(p, [](void* self, const XML_Char*, const XML_Char*, const XML_Char*, int) {
    static_cast<State*>(self)->stop(ph::Kind::Invalid, "a report has no document type");
  });
}

ReportReader::~ReportReader() = default;

bool ReportReader::feed(std::string_view xml) {
  State& s = *state_;
  if (!s.failed) return false;
  if (XML_Parse(s.parser, xml.data(), static_cast<int>(xml.size()), XML_FALSE) != XML_STATUS_OK && s.failed) {
    s.failed = ph::Error{ph::Kind::Invalid, XML_ErrorString(XML_GetErrorCode(s.parser))};
  }
  return s.failed.ok();
}

ph::Result<AggregateReport> ReportReader::finish() {
  State& s = *state_;
  if (s.failed && XML_Parse(s.parser, "", 0, XML_TRUE) != XML_STATUS_OK && s.failed) {
    s.failed = ph::Error{ph::Kind::Invalid, XML_ErrorString(XML_GetErrorCode(s.parser))};
  }
  if (!s.failed) return s.failed.error();
  auto& r = s.report;
  const auto domain = ph::address::normaliseDnsName(r.domain);
  if (!domain) return ph::Error{ph::Kind::Invalid, "it names no domain"};
  r.domain = *domain;
  if (r.id.empty() || r.rows.empty()) return ph::Error{ph::Kind::Invalid, "it has no id or no records"};
  if (r.begin < 0 || r.end < r.begin) return ph::Error{ph::Kind::Invalid, "its times make no period"};
  return std::move(r);
}

ph::Result<AggregateReport> readReport(std::string_view packed) {
  ReportReader reader;
  const auto unpacked = unpackReport(packed, [&](std::string_view piece) { return reader.feed(piece); });
  if (!unpacked) return unpacked.error();
  return reader.finish();
}

}  // namespace ph_mailauth
