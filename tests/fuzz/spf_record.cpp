// SPF over any records and senders: an answer always comes, after a bounded number of questions, and what is written of
// it stays on one line. The input: lines; the first is the sender, the second the client, the others are records in
// turn.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "spf/check.hpp"
#include "spf/identity.hpp"
#include "spf/received_spf.hpp"
#include "spf/record.hpp"

namespace {

using namespace ph_mailauth;

// Answers the n-th question with the n-th record, whatever it is about.
class Turns final : public Resolver {
 public:
  explicit Turns(std::vector<std::string> records) : records_(std::move(records)) {}
  ph::DnsAnswer ask(std::string_view name, ph::DnsType type) override {
    if (++asked_ > 300) std::abort();  // RFC 7208 4.6.4 has its limits
    ph::DnsAnswer a;
    a.outcome = ph::DnsAnswer::Outcome::NoData;
    if (dnsText(name).empty() || records_.empty()) return a;
    const std::string& text = records_[asked_ % records_.size()];
    if (text.empty()) return a;
    if (text == "!") {
      a.outcome = ph::DnsAnswer::Outcome::Temporary;
      return a;
    }
    a.outcome = ph::DnsAnswer::Outcome::Found;
    const size_t count = type == ph::DnsType::Txt ? 1 : text.size() % 14 + 1;
    a.records.assign(count, {10, 60, text});
    return a;
  }

 private:
  const std::vector<std::string> records_;
  size_t asked_ = 0;
};

void oneLine(const std::string& text) {
  if (text.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::vector<std::string> lines(1);
  for (const char c : std::string_view(reinterpret_cast<const char*>(data), size)) {
    if (c == '\n') {
      lines.emplace_back();
    } else {
      lines.back() += c;
    }
  }
  for (const auto& line : lines) (void)SpfRecord::parse(line);
  lines.resize(std::max<size_t>(lines.size(), 3));
  const auto ip = Ip::parse(lines[1]).value_or(*Ip::parse("192.0.2.1"));
  const auto identity = mailFromIdentity(lines[0], lines[2]);
  const SpfQuery query{ip, identity.domain, identity.sender, lines[2], "mx.example", 0};
  Turns resolver({lines.begin() + 2, lines.end()});
  const auto result = checkHost(query, resolver);
  for (const char c : result.explanation) {
    if (c < 0x20 || c > 0x7e) std::abort();
  }
  oneLine(receivedSpf(result, query, identity, lines[0]));
  return 0;
}
