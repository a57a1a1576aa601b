#include "setup/localserve.hpp"

#include <charconv>
#include <cstdio>
#include <iostream>

#include "app/command.hpp"
#include "app/flags.hpp"
#include "app/run_server.hpp"
#include "base/version.hpp"
#include "net/address.hpp"

namespace posthouse::app {
namespace {

constexpr int kHighestPort = 1993;

void printTable(const Server& server, const std::string& folder) {
  std::printf("posthouse %s, local test server in %s\n\n", kVersion, folder.c_str());
  for (const auto& l : server.listening()) {
    std::string where;
    for (const auto& a : l.addresses) where += (where.empty() ? "" : ", ") + a;
    std::printf("  %-12s %-22s %s\n", l.name.c_str(), l.problem.empty() ? where.c_str() : "not listening",
                l.problem.empty() ? (l.tls == "implicit"   ? "TLS"
                                     : l.tls == "starttls" ? "plain text or STARTTLS"
                                                           : "plain text")
                                  : l.problem.c_str());
  }
  std::printf("\n  login        %s, password %s\n  mail to any address arrives in its INBOX\n\nready\n",
              setup::kLocalAddress, setup::kLocalPassword);
  std::fflush(stdout);
}

int run(const std::vector<std::string>& args) {
  const auto flags = parseFlags(args, {{"dir", true}, {"ip", true}, {"port-offset", true}, {"no-limits", false}});
  if (!flags || !flags->words.empty()) {
    std::cerr << "posthouse: " << (flags ? "localserve takes no arguments" : flags.error().text) << "\n";
    return kUsage;
  }
  setup::LocalserveOptions o;
  o.folder = flags->get("dir", setup::localserveFolder());
  o.ip = flags->get("ip", o.ip);
  o.noLimits = flags->has("no-limits");
  const std::string offset = flags->get("port-offset", "0");
  const auto [end, error] = std::from_chars(offset.data(), offset.data() + offset.size(), o.portOffset);
  if (error != std::errc() || end != offset.data() + offset.size() || o.portOffset < 0 ||
      o.portOffset > 65535 - kHighestPort) {
    std::cerr << "posthouse: --port-offset must be a number from 0 to " << 65535 - kHighestPort << "\n";
    return kUsage;
  }
  if (!net::Address::parse(o.ip.find(':') == std::string::npos ? o.ip + ":1" : "[" + o.ip + "]:1")) {
    std::cerr << "posthouse: --ip must be an IP address\n";
    return kUsage;
  }
  const auto file = setup::prepareLocalserve(o);
  if (!file) {
    std::cerr << "posthouse: " << file.error().text << "\n";
    return kFailed;
  }
  auto config = config::load(*file);
  if (!config) {
    std::cerr << config.error().text << "\n";
    return kFailed;
  }
  return runServer(std::move(*config), [&](const Server& s) { printTable(s, o.folder); });
}

}  // namespace

const Command kLocalserve = {"localserve", "[--dir DIR] [--ip IP] [--port-offset N] [--no-limits]",
                             "Runs a complete test server on loopback; made in DIR on the first start.", run};

}  // namespace posthouse::app
