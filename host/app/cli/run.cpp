#include "app/cli/run.hpp"

#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <sstream>

#include "app/cli/arguments.hpp"
#include "app/cli/progress_bar.hpp"
#include "app/cli/show.hpp"
#include "app/cli/socket.hpp"
#include "app/command.hpp"
#include "app/offline.hpp"
#include "net/unix_socket.hpp"

namespace posthouse::app::cli {
int codeOf(ph::Kind kind) {
  switch (kind) {
    case ph::Kind::Temporary:
    case ph::Kind::Unavailable:
    case ph::Kind::Timeout:
    case ph::Kind::Cancelled:
    case ph::Kind::Limit:
      return kNotNow;
    default:
      return kFailed;
  }
}

const admin::Operation* findOperation(const std::vector<std::string>& args) {
  const admin::Operation* best = nullptr;
  size_t most = 0;
  for (const auto* o : admin::operations()) {
    if (o->program) continue;
    std::istringstream in(o->command());
    std::vector<std::string> words;
    for (std::string w; in >> w;) words.push_back(w);
    if (words.size() > most && words.size() <= args.size() && std::equal(words.begin(), words.end(), args.begin())) {
      best = o;
      most = words.size();
    }
  }
  return best;
}

bool serverThere(const admin::Operation& operation, const std::vector<std::string>& args) {
  const auto parsed = parseArguments(operation, args);
  const auto socket = findSocket(parsed ? parsed->dir : "");
  if (!socket) return false;
  const auto fd = net::connectUnix(*socket);
  if (fd) ::close(*fd);
  return fd.ok();
}

int run(const admin::Operation& operation, const std::vector<std::string>& args, bool offline, const Carrier& carrier) {
  auto parsed = parseArguments(operation, args, offline);
  if (!parsed) {
    std::cerr << "posthouse: " << parsed.error().text << "\n";
    return kUsage;
  }
  if (parsed->help) {
    std::cout << help(operation, offline);
    return kOk;
  }
  if (const auto s = readInputs(operation, &parsed->args); !s) return failed(s.error());
  const auto answer = carrier(*parsed);
  if (!answer) {
    std::cerr << "posthouse: " << answer.error().text << "\n";
    return codeOf(answer.error().kind);
  }
  std::cout << (parsed->json || operation.result.json ? json::text(*answer) + "\n" : show(operation.result, *answer));
  return kOk;
}

int run(const admin::Operation& operation, const std::vector<std::string>& args) {
  return run(operation, args, false, [&](const Arguments& given) {
    const auto socket = findSocket(given.dir);
    ProgressBar bar;
    return socket ? ask(*socket, operation, given.args, bar.tell())
                  : ph::Result<json::Value>(ph::Error{ph::Kind::Unavailable, socket.error().text});
  });
}

std::string help(const admin::Operation& operation, bool offline) {
  std::string out = "usage: posthouse " + operation.command();
  const std::string more = usage(operation);
  out += (more.empty() ? "" : " " + more) + " " + kCommonUsage + (offline ? std::string(" ") + kOfflineUsage : "") +
         "\n\n" + operation.help + "\n";
  if (!operation.params.empty()) out += "\n";
  for (const auto& p : operation.params) {
    out += "  " + flagName(p) + ": " + p.help;
    if (!p.allowed.empty()) {
      out += " One of";
      for (const char* a : p.allowed) out += std::string(" ") + a;
      out += ".";
    }
    if (p.secret()) out += " Read from standard input.";
    out += "\n";
  }
  return out;
}

}  // namespace posthouse::app::cli
