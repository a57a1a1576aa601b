#include <cstdlib>
#include <ctime>
#include <iostream>

#include "accounts/login_log.hpp"
#include "app/command.hpp"
#include "app/offline.hpp"

namespace posthouse::app {
namespace {

std::string timeText(int64_t seconds) {
  const auto t = static_cast<time_t>(seconds);
  tm utc{};
  char out[32];
  if (!gmtime_r(&t, &utc) || std::strftime(out, sizeof out, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0) return "?";
  return out;
}

// What clients said may hold anything; a terminal gets printable text only.
std::string shown(const std::string& text) {
  if (text.empty()) return "-";
  std::string out;
  for (const char c : text) out += static_cast<unsigned char>(c) <= ' ' || c == 0x7f ? '?' : c;
  return out;
}

int run(const std::vector<std::string>& args) {
  int code = kOk;
  const auto offline = beginOffline(args, {{"max", true}, {"unknown", false}}, kAnyWords, &code);
  if (!offline) return code;
  const auto& [flags, config] = *offline;
  if (flags.words.size() != (flags.has("unknown") ? 0 : 1)) return kUsage;
  const std::string account = flags.has("unknown") ? std::string() : flags.words[0];
  if (!account.empty() && !config.accounts.contains(account)) {
    return failed({ph::Kind::NotFound, "there is no account " + account});
  }
  const auto max = static_cast<size_t>(std::strtoul(flags.get("max", "100").c_str(), nullptr, 10));
  const auto attempts = accounts::LoginLog::read(config.dataDir + "/logins.db", account, max);
  if (!attempts) return failed(attempts.error());
  for (const auto& a : *attempts) {
    std::cout << timeText(a.last) << " " << a.result << " " << a.count << "x user=" << shown(a.user)
              << " remote=" << shown(a.remoteIp) << " protocol=" << a.protocol << " mechanism=" << a.mechanism
              << " tls=" << shown(a.tls);
    if (a.count > 1) std::cout << " first=" << timeText(a.first);
    std::cout << "\n";
  }
  return kOk;
}

}  // namespace

const Command kAccountLogins = {"account logins", "[--config FILE] [--max N] NAME | --unknown",
                                "Lists the login attempts of an account, or those that name none.", run};

}  // namespace posthouse::app
