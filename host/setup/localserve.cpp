#include "setup/localserve.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>

#include "accounts/credentials.hpp"
#include "config/server.hpp"
#include "setup/account_files.hpp"
#include "setup/self_signed.hpp"

namespace posthouse::setup {
namespace fs = std::filesystem;
namespace {

struct Port {
  const char* name;
  const char* protocol;
  const char* tls;
  int number;
};
constexpr Port kPorts[] = {{"smtp", "smtp", "starttls", 1025},
                           {"submission", "submission", "starttls", 1587},
                           {"submissions", "submission", "implicit", 1465},
                           {"imap", "imap", "starttls", 1143},
                           {"imaps", "imap", "implicit", 1993},
                           {"http", "http", "none", 1080},
                           {"https", "http", "implicit", 1443}};

constexpr int kMetricsPort = 1081;

std::string endpoint(const std::string& ip, int port) {
  const bool v6 = ip.find(':') != std::string::npos;
  return (v6 ? "[" + ip + "]" : ip) + ":" + std::to_string(port);
}

std::string serverToml(const LocalserveOptions& o) {
  std::string out =
      "# Written by 'posthouse localserve' on its first start; change it as you like.\n"
      "hostname = \"localhost\"\n"
      "data_dir = \"data\"\n"
      "postmaster = \"you\"\n\n"
      "[storage]\nreserve = \"64MB\"\n\n"
      "[limits]\n"
      "# Nobody here is a stranger.\n"
      "exempt = [\"127.0.0.0/8\", \"::1/128\"]\n\n"
      "[dns]\n"
      "# Mail must not wait for a network that may not be there.\n"
      "resolvers = []\n\n"
      "[metrics]\naddress = \"" +
      endpoint(o.ip, o.freePorts ? 0 : kMetricsPort + o.portOffset) +
      "\"\n\n"
      "[testing]\n"
      "# Mail for any address of any domain is delivered to this account.\n"
      "catch_everything = \"you\"\n"
      "home_page = true\n"
      "# Addresses that fail when the queue delivers: queuetemperror@, queuepermerror@, queue550@, queuetimeout@.\n"
      "queue_errors = true\n\n"
      "[[certificates]]\ncertificate = \"localhost.crt\"\nkey = \"localhost.key\"\n";
  for (const auto& p : kPorts) {
    out += std::string("\n[listeners.") + p.name + "]\naddress = [\"" +
           endpoint(o.ip, o.freePorts ? 0 : p.number + o.portOffset) + "\"]\nprotocol = \"" + p.protocol +
           "\"\ntls = \"" + p.tls + "\"\n";
    if (std::string_view(p.protocol) != "http") out += "plaintext_login = true\n";
  }
  out +=
      "\n[plugins.smtp]\n"
      "# Clients under test make mistakes, and nobody here guesses passwords.\n"
      "slow_down = false\n"
      "# Their names need not exist.\n"
      "check_domains = false\n"
      "# Addresses that fail: temperror@, permerror@, x550@, timeout@; with mailfrom or rcptto before it, earlier.\n"
      "error_localparts = true\n";
  if (o.pedantic) out += "pedantic = true\n";
  return out;
}

// Missing files are made, existing ones stay.
ph::Status ensure(const std::string& path, const std::string& text) {
  std::error_code ec;
  if (fs::exists(path, ec)) return {};
  return writeNewFile(path, text);
}

}  // namespace

ph::Result<TemporaryFolder> TemporaryFolder::make() {
  const char* base = std::getenv("TMPDIR");
  std::string name = std::string(base && *base ? base : "/tmp") + "/posthouse-XXXXXX";
  if (!::mkdtemp(name.data())) return ph::Error{ph::Kind::Temporary, name + ": " + std::strerror(errno)};
  return TemporaryFolder(name);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ec;
  if (!path_.empty()) fs::remove_all(path_, ec);
}

std::string localserveFolder() {
  if (const char* state = std::getenv("XDG_STATE_HOME"); state && *state)
    return std::string(state) + "/posthouse-localserve";
  const char* home = std::getenv("HOME");
  return std::string(home && *home ? home : "/tmp") + "/.local/state/posthouse-localserve";
}

ph::Result<std::string> prepareLocalserve(const LocalserveOptions& o) {
  const std::string file = o.folder + "/posthouse.toml";
  std::error_code ec;
  if (!fs::exists(o.folder + "/localhost.crt", ec)) {
    fs::remove(o.folder + "/localhost.key", ec);
    if (auto s = writeSelfSigned("localhost", o.folder + "/localhost.crt", o.folder + "/localhost.key"); !s)
      return s.error();
  }
  if (auto s = ensure(file, serverToml(o)); !s) return s.error();
  if (auto s = ensure(o.folder + "/domains/localhost.toml", "description = \"this machine\"\n"); !s) return s.error();
  const std::string account = std::string("addresses = [\"") + kLocalAddress +
                              "\"]\n"
                              "# It may do everything when it logs in with a browser.\n"
                              "role = \"admin\"\n"
                              "# Programs under test may send any number of mails.\n"
                              "recipients_per_day = 0\n"
                              "first_time_recipients_per_day = 0\n";
  if (auto s = ensure(o.folder + "/accounts/you.toml", account); !s) return s.error();
  const std::string credentials = accounts::credentialsFile(o.folder + "/data", "you");
  if (!fs::exists(credentials, ec)) {
    accounts::Credentials fresh;
    if (auto s = accounts::setPassword(fresh, kLocalPassword, true); !s) return s.error();
    if (auto s = accounts::writeCredentials(credentials, fresh); !s) return s.error();
  }
  return file;
}

}  // namespace posthouse::setup
