// `posthouse sendmail`, and the program itself under the name sendmail: for cron, scripts and everything else that
// wants to pipe a message into a command. Exit codes are those of sysexits.h, as callers of sendmail expect them.
#include <sysexits.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <iostream>
#include <iterator>

#include "app/command.hpp"
#include "config/sendmail_config.hpp"
#include "sendmail/options.hpp"
#include "sendmail/prepare.hpp"
#include "sendmail/submit.hpp"
#include "sendmail/unsent.hpp"

namespace posthouse::app {
namespace {

using sendmail::Options;

int say(int code, const std::string& text) {
  std::cerr << "sendmail: " << text << "\n";
  return code;
}

std::string home() {
  const char* folder = std::getenv("HOME");
  return folder ? folder : "";
}

// The first that is there.
std::string configFile(const Options& options) {
  if (!options.config.empty()) return options.config;
  if (const char* file = std::getenv("POSTHOUSE_SENDMAIL")) return file;
  const std::string own = home() + "/.config/posthouse/sendmail.toml";
  return ::access(own.c_str(), R_OK) == 0 ? own : "/etc/posthouse/sendmail.toml";
}

std::string uniqueId() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  char text[64];
  std::snprintf(text, sizeof text, "%lld.%09ld.%d", static_cast<long long>(now.tv_sec), now.tv_nsec,
                static_cast<int>(::getpid()));
  return text;
}

int zoneMinutes(time_t now) {
  tm local{};
  return localtime_r(&now, &local) ? static_cast<int>(local.tm_gmtoff / 60) : 0;
}

int list(const std::string& folder) {
  for (const auto& file : sendmail::unsent(folder)) {
    const auto mail = sendmail::readUnsent(file);
    std::cout << file;
    if (mail) {
      std::cout << " from <" << mail->reversePath << "> to";
      for (const auto& r : mail->recipients) std::cout << " <" << r << ">";
    }
    std::cout << "\n";
  }
  return EX_OK;
}

int flush(const config::SendmailConfig& config, const std::string& folder) {
  int code = EX_OK;
  for (const auto& file : sendmail::unsent(folder)) {
    // Whoever renames it sends it: two at a time do not send it twice.
    const std::string mine = file + ".busy";
    std::error_code ec;
    std::filesystem::rename(file, mine, ec);
    if (ec) continue;
    const auto mail = sendmail::readUnsent(mine);
    const auto s = mail ? sendmail::submit(config, *mail) : ph::Status(mail.error());
    if (s) {
      std::filesystem::remove(mine, ec);
      continue;
    }
    std::filesystem::rename(mine, file, ec);
    code = say(EX_TEMPFAIL, file + ": " + s.error().text);
  }
  return code;
}

int send(const Options& options, const config::SendmailConfig& config, const std::string& folder) {
  const std::string input(std::istreambuf_iterator<char>(std::cin), {});
  const std::string id = uniqueId();
  const time_t now = std::time(nullptr);
  const auto mail = sendmail::prepare(options, input, {config.from, config.domain, now, zoneMinutes(now), id});
  if (!mail) return say(EX_DATAERR, mail.error().text);
  const auto s = sendmail::submit(config, *mail);
  if (s) return EX_OK;
  const auto kept = sendmail::keep(folder, id, *mail);
  if (!kept) return say(EX_CANTCREAT, s.error().text + "; and it can't be kept: " + kept.error().text);
  return say(s.error().kind == ph::Kind::Permanent ? EX_UNAVAILABLE : EX_TEMPFAIL,
             s.error().text + "; kept in " + *kept + " for sendmail -q");
}

int run(const std::vector<std::string>& args) {
  const auto options = sendmail::parseOptions(args);
  if (!options) return say(EX_USAGE, options.error().text);
  if (options->mode == Options::Mode::Nothing) return EX_OK;
  const auto config = config::readSendmail(configFile(*options));
  if (!config) return say(EX_CONFIG, config.error().text);
  const std::string folder = config->unsent.empty() ? home() + "/.local/state/posthouse/unsent" : config->unsent;
  switch (options->mode) {
    case Options::Mode::List:
      return list(folder);
    case Options::Mode::Flush:
      return flush(*config, folder);
    default:
      return send(*options, *config, folder);
  }
}

}  // namespace

const Command kSendmail = {"sendmail", "[-t] [-i] [-f ADDRESS] [-F NAME] [--config FILE] [RECIPIENT...]",
                           "Hands a message from standard input to a submission server; -q tries again what failed, "
                           "-bp lists it. The program does the same under the name sendmail.",
                           run};

}  // namespace posthouse::app
