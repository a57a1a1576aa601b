#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <sstream>

#include "admin/openapi.hpp"
#include "app/cli/arguments.hpp"
#include "app/cli/complete.hpp"
#include "app/cli/reference.hpp"
#include "app/cli/run.hpp"
#include "app/command.hpp"
#include "base/version.hpp"
#include "config/suggest.hpp"

namespace posthouse::app {
namespace {

const Command* const kCommands[] = {&kServe,
                                    &kLocalserve,
                                    &kWorker,
                                    &kConfigCheck,
                                    &kDomainAdd,
                                    &kAccountAdd,
                                    &kAccountPassword,
                                    &kAccountLogins,
                                    &kAccountTlskeyAdd,
                                    &kAccountTlskeyList,
                                    &kAccountTlskeyRemove,
                                    &kPluginProbe,
                                    &kStoreVerify,
                                    &kStoreRebuild,
                                    &kStoreRethread,
                                    &kStoreBumpUidvalidity,
                                    &kMessageParse,
                                    &kDnsLookup,
                                    &kSendmail,
                                    &kCid,
                                    &kCompletion,
                                    &kComplete,
                                    &kDocs,
                                    &kVersion_};

std::vector<std::string> wordsOf(const char* name) {
  std::vector<std::string> out;
  std::istringstream in(name);
  for (std::string w; in >> w;) out.push_back(w);
  return out;
}

void help(std::ostream& out) {
  out << "posthouse " << kVersion << ": a mail server\n\n";
  for (const Command* c : kCommands) {
    if (c->summary)
      out << "  posthouse " << c->name << (*c->usage ? " " : "") << c->usage << "\n      " << c->summary << "\n";
  }
  out << "\nWith a running server, each with " << cli::kCommonUsage << ":\n\n";
  for (const auto* o : admin::operations()) {
    const std::string usage = cli::usage(*o);
    out << "  posthouse " << o->command() << (usage.empty() ? "" : " ") << usage << "\n      " << o->help << "\n";
  }
}

const Command* findCommand(const std::vector<std::string>& args, size_t* length) {
  for (const Command* c : kCommands) {
    const auto words = wordsOf(c->name);
    if (words.size() > args.size() || !std::equal(words.begin(), words.end(), args.begin())) continue;
    *length = words.size();
    return c;
  }
  return nullptr;
}

std::vector<std::string> behind(const std::vector<std::string>& args, size_t words) {
  return {args.begin() + static_cast<ptrdiff_t>(words), args.end()};
}

// "posthouse --dir DIR status" is "posthouse status --dir DIR".
std::vector<std::string> commandFirst(std::vector<std::string> args) {
  size_t flags = 0;
  while (flags < args.size() && args[flags].starts_with("--")) flags += args[flags] == "--dir" ? 2 : 1;
  if (flags < args.size()) std::rotate(args.begin(), args.begin() + static_cast<ptrdiff_t>(flags), args.end());
  return args;
}

int version(const std::vector<std::string>&) {
  std::cout << "posthouse " << kVersion << "\n";
  return kOk;
}

std::vector<const Command*> allCommands() {
  return {std::begin(kCommands), std::end(kCommands)};
}

int completion(const std::vector<std::string>& args) {
  const std::string script = args.size() == 1 ? cli::completionScript(args[0]) : "";
  std::cout << script;
  return script.empty() ? kUsage : kOk;
}

int complete(const std::vector<std::string>& args) {
  std::vector<std::string> names = {"help"};
  for (const Command* c : kCommands) {
    if (c->summary) names.emplace_back(c->name);
  }
  if (args.empty() || args[0] != "--") return kUsage;
  for (const auto& c : cli::candidates(names, behind(args, 1))) std::cout << c << "\n";
  return kOk;
}

int docs(const std::vector<std::string>& args) {
  if (args.size() != 1 || (args[0] != "cli" && args[0] != "openapi")) return kUsage;
  std::cout << (args[0] == "cli" ? cli::reference(allCommands())
                                 : json::text(admin::openApi(admin::operations()), true));
  return kOk;
}

}  // namespace

const Command kCompletion = {"completion", "bash|zsh|fish", "Prints the completion script of a shell.", completion};
const Command kComplete = {"complete", "-- WORD...", nullptr, complete};
const Command kDocs = {"docs", "cli|openapi", nullptr, docs};
const Command kVersion_ = {"version", "", "Prints the version.", version};

int runCommandLine(int argc, char** argv) {
  std::vector<std::string> args(argv + 1, argv + argc);
  // A link to the program may be the system's sendmail.
  if (std::filesystem::path(argv[0]).filename() == "sendmail") return kSendmail.run(args);
  const bool wantsHelp = !args.empty() && (args[0] == "help" || args[0] == "--help" || args[0] == "-h");
  if (args.empty() || (wantsHelp && args.size() == 1)) {
    help(args.empty() ? std::cerr : std::cout);
    return args.empty() ? kUsage : kOk;
  }
  args = wantsHelp ? behind(args, 1) : commandFirst(std::move(args));
  size_t length = 0;
  const Command* command = findCommand(args, &length);
  if (const auto* operation = cli::findOperation(args)) {
    const auto rest = behind(args, wordsOf(operation->command().c_str()).size());
    const bool onFiles = std::any_of(rest.begin(), rest.end(), [](const auto& a) { return a.starts_with("--config"); });
    if (wantsHelp) {
      std::cout << cli::help(*operation);
      return kOk;
    }
    // Some do the same to the files of a server that does not run.
    if (!command || (!onFiles && cli::serverThere(*operation, rest))) {
      const int code = cli::run(*operation, rest);
      if (code == kUsage)
        std::cerr << "usage: posthouse " << operation->command() << " " << cli::usage(*operation) << "\n";
      return code;
    }
  }
  if (command) {
    const int code = wantsHelp ? kUsage : command->run(behind(args, length));
    if (code == kUsage)
      (wantsHelp ? std::cout : std::cerr) << "usage: posthouse " << command->name << " " << command->usage << "\n";
    return wantsHelp ? kOk : code;
  }
  std::vector<std::string> names;
  for (const Command* c : kCommands) {
    if (c->summary) names.emplace_back(c->name);
  }
  for (const auto* o : admin::operations()) names.push_back(o->command());
  const std::string typed = args.size() > 1 ? args[0] + " " + args[1] : args[0];
  std::string hint = config::suggest(typed, names);
  if (hint.empty()) hint = config::suggest(args[0], names);
  std::cerr << "posthouse: unknown command '" << args[0] << "'" << hint << "\nTry: posthouse help\n";
  return kUsage;
}

}  // namespace posthouse::app
