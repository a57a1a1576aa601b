#include "setup/localserve.hpp"

#include <Poco/JSON/Object.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <iostream>

#include "app/command.hpp"
#include "app/flags.hpp"
#include "app/offline.hpp"
#include "app/process.hpp"
#include "app/process_one/supervisor.hpp"
#include "base/version.hpp"
#include "net/address.hpp"

namespace posthouse::app {
namespace {

constexpr int kHighestPort = 1993;

void printTable(const std::vector<Listening>& listening, const std::string& folder) {
  std::printf("posthouse %s, local test server in %s\n\n", kVersion, folder.c_str());
  for (const auto& l : listening) {
    std::string where;
    for (const auto& a : l.addresses) where += (where.empty() ? "" : ", ") + a;
    std::printf("  %-12s %-22s %s\n", l.name.c_str(), l.problem.empty() ? where.c_str() : "not listening",
                l.problem.empty() ? (l.tls == "implicit"   ? "TLS"
                                     : l.tls == "starttls" ? "plain text or STARTTLS"
                                                           : "plain text")
                                  : l.problem.c_str());
  }
  std::printf(
      "\n  login        %s, password %s\n  mail to any address arrives in its INBOX; temperror@, permerror@, x550@ or "
      "timeout@ fail so\n\nready\n",
      setup::kLocalAddress, setup::kLocalPassword);
  std::fflush(stdout);
}

// One line that a program can read, and then nothing more.
void printJson(const std::vector<Listening>& listening, const setup::LocalserveOptions& o) {
  Poco::JSON::Object ports;
  for (const auto& l : listening) {
    if (l.addresses.empty()) continue;
    ports.set(l.name, std::stoi(l.addresses[0].substr(l.addresses[0].rfind(':') + 1)));
  }
  Poco::JSON::Object out;
  out.set("ready", true);
  out.set("pid", ::getpid());
  out.set("folder", o.folder);
  out.set("ip", o.ip);
  out.set("login", setup::kLocalAddress);
  out.set("password", setup::kLocalPassword);
  out.set("ports", ports);
  out.stringify(std::cout);
  std::cout << std::endl;
}

// Developers are root in their containers, and this server is theirs alone: it stays root if it has to.
int serve(const std::string& file, bool noLimits, std::function<void(const std::vector<Listening>&)> ready) {
  ServeOptions options;
  options.configFile = file;
  options.noLimits = noLimits;
  options.mayBeRoot = true;
  options.ready = std::move(ready);
  return superviseWorker(options);
}

int runTemporary(setup::LocalserveOptions o, bool noLimits) {
  // Before there is a folder: a signal must not end the process without removing it.
  blockSignals();
  const auto folder = setup::TemporaryFolder::make();
  if (!folder) return failed(folder.error());
  o.folder = folder->path();
  o.freePorts = true;
  const auto file = setup::prepareLocalserve(o);
  if (!file) return failed(file.error());
  return serve(*file, noLimits, [&](const auto& listening) { printJson(listening, o); });
}

int run(const std::vector<std::string>& args) {
  const auto flags = parseFlags(
      args,
      {{"dir", true}, {"ip", true}, {"port-offset", true}, {"no-limits", false}, {"pedantic", false}, {"temp", false}});
  if (!flags || !flags->words.empty()) {
    std::cerr << "posthouse: " << (flags ? "localserve takes no arguments" : flags.error().text) << "\n";
    return kUsage;
  }
  setup::LocalserveOptions o;
  o.folder = flags->get("dir", setup::localserveFolder());
  o.ip = flags->get("ip", o.ip);
  o.pedantic = flags->has("pedantic");
  const bool noLimits = flags->has("no-limits");
  const bool temporary = flags->has("temp");
  if (temporary && (flags->has("dir") || flags->has("port-offset"))) {
    std::cerr << "posthouse: --temp has a folder and ports of its own\n";
    return kUsage;
  }
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
  if (temporary) return runTemporary(o, noLimits);
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
  const auto smtp = config->plugins.find("smtp");
  if (o.pedantic && (smtp == config->plugins.end() || !smtp->second.options.boolAt("pedantic"))) {
    std::cerr << "posthouse: " << *file << " is there already and is not pedantic: change it, or name another --dir\n";
    return kFailed;
  }
  return serve(*file, noLimits, [&](const auto& listening) { printTable(listening, o.folder); });
}

}  // namespace

const Command kLocalserve = {"localserve",
                             "[--dir DIR | --temp] [--ip IP] [--port-offset N] [--no-limits] [--pedantic]",
                             "Runs a complete test server on loopback, made in DIR on the first start. --temp: on free "
                             "ports, told in a line of JSON, leaving nothing behind.",
                             run};

}  // namespace posthouse::app
