#include "app/offline.hpp"

#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <iostream>

#include "app/command.hpp"
#include "app/data_lock.hpp"
#include "app/process_one/identity.hpp"
#include "setup/localserve.hpp"

namespace posthouse::app {

ph::Result<config::ServerConfig> findConfig(const Flags& flags) {
  if (flags.has("config")) return config::load(flags.get("config"));
  std::error_code ec;
  const std::string candidates[] = {"posthouse.toml", setup::localserveFolder() + "/posthouse.toml",
                                    "/etc/posthouse/posthouse.toml"};
  for (const auto& file : candidates) {
    if (std::filesystem::exists(file, ec)) return config::load(file);
  }
  return ph::Error{ph::Kind::NotFound, "no configuration found; name it with --config FILE"};
}

ph::Status becomeServer(const config::ServerConfig& config) {
  if (::geteuid() != 0) return {};
  const auto who = workerIdentity(config.user, config.group, true);
  if (!who) return who.error();
  if (!who->change) return {};
  if (auto s = makeDataFolder(config.dataDir, *who); !s) return s;
  return become(*who);
}

std::optional<Offline> beginOffline(const std::vector<std::string>& args, std::vector<FlagSpec> known, size_t words,
                                    int* code) {
  known.push_back({"config", true});
  auto flags = parseFlags(args, known);
  if (!flags || (words != kAnyWords && flags->words.size() != words)) {
    if (!flags) std::cerr << "posthouse: " << flags.error().text << "\n";
    *code = kUsage;
    return std::nullopt;
  }
  auto config = findConfig(*flags);
  if (!config) {
    std::cerr << config.error().text << "\n";
    *code = kFailed;
    return std::nullopt;
  }
  if (const auto s = becomeServer(*config); !s) {
    *code = failed(s.error());
    return std::nullopt;
  }
  return Offline{std::move(*flags), std::move(*config)};
}

int failed(const ph::Error& error) {
  std::cerr << "posthouse: " << error.text << "\n";
  return kFailed;
}

void tellServer(const config::ServerConfig& config) {
  const int pid = DataLock::holder(config.dataDir);
  if (pid > 0 && ::kill(pid, SIGHUP) == 0)
    std::cout << "The running server (pid " << pid << ") reads its configuration anew.\n";
}

std::string readPassword() {
  std::string out;
  const bool terminal = ::isatty(STDIN_FILENO) != 0;
  termios old{};
  if (terminal) {
    std::cerr << "Password: " << std::flush;
    tcgetattr(STDIN_FILENO, &old);
    termios silent = old;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSANOW, &silent);
  }
  std::getline(std::cin, out);
  if (terminal) {
    tcsetattr(STDIN_FILENO, TCSANOW, &old);
    std::cerr << "\n";
  }
  return out;
}

}  // namespace posthouse::app
