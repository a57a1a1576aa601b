#include "accounts/tls_keys.hpp"

#include <sys/stat.h>

#include <chrono>
#include <filesystem>

#include "config/server.hpp"
#include "log/log.hpp"

namespace posthouse::accounts {
namespace {

const log::Log kLog("accounts");

constexpr int64_t kClockStep = 20'000'000;  // file times are no finer than the kernel's tick

int64_t clockNow() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

int64_t changedAt(const std::string& path) {
  struct stat st {};
  if (::stat(path.c_str(), &st) != 0) return 0;
  return static_cast<int64_t>(st.st_mtim.tv_sec) * 1'000'000'000 + st.st_mtim.tv_nsec;
}

}  // namespace

void TlsKeys::refresh() {
  // Files are replaced by rename, which changes the folder.
  const int64_t now = changedAt(folder_);
  if (now == folderChanged_) return;
  // A change within the same tick would not show: look again next time.
  folderChanged_ = clockNow() - now < kClockStep ? -1 : now;
  std::map<std::string, File, std::less<>> next;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, ignored)) {
    const std::string account = entry.path().filename().string();
    if (!config::validAccountName(account) || account.ends_with(".new")) continue;
    File file;
    file.changed = changedAt(entry.path().string());
    if (const auto old = files_.find(account); old != files_.end() && old->second.changed == file.changed) {
      file.keys = old->second.keys;
    } else if (auto credentials = readCredentials(entry.path().string())) {
      file.keys = std::move(credentials->tlsKeys);
    } else {
      kLog.error("credentials unreadable", {{"account", account}, {"error", credentials.error().text}});
    }
    next.emplace(account, std::move(file));
  }
  files_ = std::move(next);
  owners_.clear();
  for (const auto& [account, file] : files_) {
    for (const auto& key : file.keys) {
      if (!owners_.emplace(key.fingerprint, Owner{account, key}).second)
        kLog.error("a TLS key belongs to two accounts", {{"account", account}, {"fingerprint", key.fingerprint}});
    }
  }
}

std::optional<TlsKeys::Owner> TlsKeys::find(std::string_view fingerprint) {
  std::lock_guard lock(mutex_);
  refresh();
  const auto i = owners_.find(fingerprint);
  return i == owners_.end() ? std::nullopt : std::optional(i->second);
}

bool TlsKeys::any() {
  std::lock_guard lock(mutex_);
  refresh();
  return !owners_.empty();
}

}  // namespace posthouse::accounts
