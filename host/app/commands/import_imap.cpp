#include <fstream>
#include <iostream>

#include "app/command.hpp"
#include "app/import_run.hpp"
#include "transfer/import_imap.hpp"

namespace posthouse::app {
namespace {

using Tls = transfer::ImapServer::Tls;

ph::Result<std::string> passwordOf(const Flags& flags) {
  if (!flags.has("password-file")) return readPassword();
  std::ifstream file(flags.get("password-file"));
  std::string line;
  if (!std::getline(file, line))
    return ph::Error{ph::Kind::NotFound, flags.get("password-file") + ": holds no password"};
  return line;
}

int run(const std::vector<std::string>& args) {
  int code = kOk;
  const auto command = beginTransfer(args,
                                     {{"host", true},
                                      {"port", true},
                                      {"user", true},
                                      {"tls", true},
                                      {"ca", true},
                                      {"insecure", false},
                                      {"password-file", true},
                                      {"mailbox", true}},
                                     1, 0, &code);
  if (!command) return code;
  const auto& flags = command->flags;
  transfer::ImapImport options;
  auto& server = options.server;
  server.host = flags.get("host");
  server.user = flags.get("user");
  server.authorities = flags.get("ca");
  server.verify = !flags.has("insecure");
  options.mailbox = flags.get("mailbox");
  const auto tls = flags.get("tls", "implicit");
  if (tls == "starttls") {
    server.tls = Tls::Starttls;
  } else if (tls == "none") {
    server.tls = Tls::None;
  } else if (tls != "implicit") {
    return kUsage;
  }
  server.port = server.tls == Tls::Implicit ? 993 : 143;
  if (flags.has("port")) server.port = std::atoi(flags.get("port").c_str());
  if (server.host.empty() || server.user.empty() || server.port < 1 || server.port > 65535) return kUsage;
  const auto password = passwordOf(flags);
  if (!password) return failed(password.error());
  server.password = *password;
  return runImport(
      *command, [&](transfer::Importer& importer) { return transfer::importImap(options, *command->peer, importer); });
}

}  // namespace

const Command kImportImap = {
    "import imap",
    "[--dir DIR | --config FILE] --host H [--port P] --user U [--tls implicit|starttls|none] [--ca FILE] [--insecure] "
    "[--password-file FILE] [--mailbox M] ACCOUNT",
    "Pulls an account from another IMAP server, with flags, dates, special uses. The password is read from standard "
    "input. A second run goes on where the first one ended, and gets what came since.",
    run};

}  // namespace posthouse::app
