// Figures of signatures on one core: dkim_bench [COUNT [OCTETS]] signs and verifies messages, one RSA-2048 signature
// each, its key known; then the same with Ed25519. Beside them what the library alone takes for the numbers.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "dkim/digest.hpp"
#include "dkim/record.hpp"
#include "dkim/sign.hpp"
#include "dkim/verify.hpp"

using namespace ph_mailauth;
using Clock = std::chrono::steady_clock;

namespace {

// The one key that is asked for.
class OneKey final : public dkim::KeyQuestions {
 public:
  explicit OneKey(std::string record) : record_(std::move(record)) {}

 private:
  void begin(const std::string&) override {}
  ph::DnsAnswer wait(size_t) override {
    ph::DnsAnswer a;
    a.outcome = ph::DnsAnswer::Outcome::Found;
    a.records.push_back({0, 3600, record_, 0, 0});
    return a;
  }
  const std::string record_;
};

template <class F>
double perSecond(size_t count, F&& once) {
  const auto begun = Clock::now();
  for (size_t i = 0; i < count; ++i) once(i);
  return static_cast<double>(count) / std::chrono::duration<double>(Clock::now() - begun).count();
}

std::string message(size_t number, size_t octets) {
  std::string out =
      "Received: from client.example.org by mail.example.org; Sat, 21 Nov 2026 12:00:00 +0000\r\n"
      "From: Ann <ann@example.org>\r\nTo: Bob <bob@example.net>\r\nSubject: Number " +
      std::to_string(number) + "\r\nDate: Sat, 21 Nov 2026 12:00:00 +0000\r\nMessage-ID: <" + std::to_string(number) +
      "@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n";
  while (out.size() < octets) out += "A line of text as people write it, of some length but not too long.\r\n";
  return out;
}

void measure(dkim::KeyType type, size_t count, size_t octets) {
  const auto key = dkim::PrivateKey::generate(type);
  if (!key) std::exit(1);
  const std::string record = dkim::formatRecord(type, key->publicBytes());
  const std::vector<dkim::SigningKey> keys = {{"example.org", "sel", *key}};
  std::vector<std::string> messages;
  for (size_t i = 0; i < count; ++i) messages.push_back(message(i, octets));

  const double bareSign = perSecond(count, [&](size_t i) { (void)key->sign(messages[i].substr(0, 64)); });
  const double sign = perSecond(count, [&](size_t i) {
    const auto field = dkim::sign(Octets(messages[i]), keys, {});
    if (!field) std::exit(1);
    messages[i].insert(0, *field);
  });
  dkim::KeyCache cache;
  const double verify = perSecond(count, [&](size_t i) {
    OneKey questions(record);
    const auto results = dkim::verify(Octets(messages[i]), questions, cache, {});
    if (!results || results->size() != 1 || results->front().status != DkimStatus::Pass) std::exit(1);
  });
  const auto signature = *key->sign("x");
  const auto parsed = cache.find(record);
  const double bareVerify = perSecond(count, [&](size_t) {
    if (!parsed->key.verify(key->algorithm(), "x", signature)) std::exit(1);
  });
  std::printf("%s sign %.0f\n%s sign-alone %.0f\n%s verify %.0f\n%s verify-alone %.0f\n", nameOf(type).data(), sign,
              nameOf(type).data(), bareSign, nameOf(type).data(), verify, nameOf(type).data(), bareVerify);
}

}  // namespace

int main(int argc, char** argv) {
  const size_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 5000;
  const size_t octets = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 4096;
  for (const auto type : {dkim::KeyType::Rsa, dkim::KeyType::Ed25519}) measure(type, count, octets);
  return 0;
}
