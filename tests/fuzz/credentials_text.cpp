// What an account logs in with: a file that is read is written as what says the same, whatever stood in it.
#include <cstdint>
#include <cstdlib>

#include "accounts/credentials_text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace posthouse::accounts;
  const auto require = [](bool holds) {
    if (!holds) std::abort();
  };
  const auto read = parseCredentials({reinterpret_cast<const char*>(data), size});
  if (!read) return 0;
  for (const auto& key : read->tlsKeys) require(key.fingerprint.size() == 64);
  if (read->scramSha256) require(read->scramSha256->iterations > 0);
  const auto text = credentialsText(*read);
  const auto again = parseCredentials(text);
  require(again.ok() && credentialsText(*again) == text);
  require(again->appPasswords.size() == read->appPasswords.size());
  for (size_t i = 0; i < read->appPasswords.size(); ++i) {
    require(again->appPasswords[i].hash == read->appPasswords[i].hash);
    require(again->appPasswords[i].protocols == read->appPasswords[i].protocols);
  }
  require(again->totp.has_value() == read->totp.has_value());
  return 0;
}
