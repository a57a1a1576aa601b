// Whose TLS client certificate is this: an index over the keys in all credentials files.
// Guarantees: a changed file counts at the next question, also when another process changed it.
// Threads: any; a question costs one stat of the folder while nothing changes.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "accounts/credentials.hpp"

namespace posthouse::accounts {

class TlsKeys {
 public:
  explicit TlsKeys(std::string folder) : folder_(std::move(folder)) {}

  struct Owner {
    std::string account;
    TlsKey key;
  };
  // `fingerprint` as in TlsKey.
  std::optional<Owner> find(std::string_view fingerprint);
  // Whether there is any: else clients need not be asked for certificates.
  bool any();

 private:
  struct File {
    int64_t changed = 0;  // nanoseconds
    std::vector<TlsKey> keys;
  };
  void refresh();

  const std::string folder_;
  std::mutex mutex_;
  int64_t folderChanged_ = -1;
  std::map<std::string, File, std::less<>> files_;  // by account
  std::map<std::string, Owner, std::less<>> owners_;
};

}  // namespace posthouse::accounts
