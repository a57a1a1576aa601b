// Messages with signatures and seals: any octets give results, in whatever pieces they come, and nobody hangs.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "arc/verify.hpp"
#include "dkim/verify.hpp"

using namespace ph_mailauth;

namespace {

// One key for every name, of the kind that is asked for by chance.
class Keys final : public dkim::KeyQuestions {
  void begin(const std::string& name) override { names_.push_back(name); }
  ph::DnsAnswer wait(size_t number) override {
    ph::DnsAnswer a;
    a.outcome = ph::DnsAnswer::Outcome::Found;
    a.records.push_back(
        {0, 60,
         names_[number].size() % 2 == 0
             ? "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
             : "p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCK"
               "G9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcW"
               "ToIMmPSPDdQPNUYckcQ2QIDAQAB",
         0, 0});
    return a;
  }
  std::vector<std::string> names_;
};

std::string canonical(dkim::Canon canon, std::string_view body, size_t piece) {
  std::string out;
  dkim::BodyCanon c(canon, [&](std::string_view s) { out += s; });
  for (size_t at = 0; at < body.size(); at += piece) c.add(body.substr(at, piece));
  c.finish();
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static dkim::KeyCache cache;
  const Octets message(text);
  auto examination = dkim::Examination::begin(message);
  if (!examination) std::abort();
  Keys keys;
  dkim::Verification dkim(**examination, keys, cache, {});
  arc::Verification chain(**examination, keys, cache);
  if (!(*examination)->readBody()) std::abort();
  (void)dkim.finish();
  (void)chain.finish();
  for (const auto canon : {dkim::Canon::Simple, dkim::Canon::Relaxed}) {
    if (canonical(canon, text, 1) != canonical(canon, text, size + 1)) std::abort();
    // What is canonical stays as it is.
    const std::string once = canonical(canon, text, 7);
    if (canonical(canon, once, 5) != once) std::abort();
  }
  return 0;
}
