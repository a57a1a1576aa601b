#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <sstream>

#include "admin/openapi.hpp"
#include "app/cli/arguments.hpp"
#include "app/cli/complete.hpp"
#include "app/cli/plugin_commands.hpp"
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
                                    &kStoreUndelete,
                                    &kStoreBumpUidvalidity,
                                    &kImportMbox,
                                    &kImportMaildir,
                                    &kImportImap,
                                    &kExport,
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
    if (o->program) continue;
    const std::string usage = cli::usage(*o);
    out << "  posthouse " << o->command() << (usage.empty() ? "" : " ") << usage << "\n      " << o->help << "\n";
  }
  const auto ofPlugins = cli::PluginCommands({}).known();
  if (!ofPlugins.empty()) out << "\nOf plugins; each has --help:\n\n";
  for (const auto& c : ofPlugins)
    out << "  posthouse " << c.words << "\n      " << (c.help.empty() ? "(plugin " + c.plugin + ")" : c.help) << "\n";
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
  const cli::PluginCommands ofPlugins(behind(args, 1));
  for (const auto& k : ofPlugins.known()) names.push_back(k.words);
  std::vector<const admin::Operation*> operations;
  for (const auto& o : ofPlugins.ofServer()) operations.push_back(&o->operation());
  for (const auto& c : cli::candidates(names, operations, behind(args, 1))) std::cout << c << "\n";
  return kOk;
}

int docs(const std::vector<std::string>& args) {
  if (args.size() != 1 || (args[0] != "cli" && args[0] != "openapi")) return kUsage;
  std::cout << (args[0] == "cli" ? cli::reference(allCommands())
                                 : json::text(admin::openApi(admin::operations()), true));
  return kOk;
}

// The last resort: a command of a plugin, or words that nobody knows.
int runOfPlugins(const std::vector<std::string>& args, bool wantsHelp) {
  const cli::PluginCommands plugins(args);
  const auto found = plugins.find(args);
  if (!found) {
    std::cerr << "posthouse: " << found.error().text << "\n";
    return cli::codeOf(found.error().kind);
  }
  if (*found) {
    const auto& c = **found;
    if (wantsHelp) {
      std::cout << cli::help(c.operation(), c.offline());
      return kOk;
    }
    const int code = c.run(behind(args, c.length()));
    if (code == kUsage)
      std::cerr << "usage: posthouse " << c.operation().command() << " " << cli::usage(c.operation()) << "\n";
    return code;
  }
  std::vector<std::string> names;
  for (const Command* c : kCommands) {
    if (c->summary) names.emplace_back(c->name);
  }
  for (const auto* o : admin::operations()) {
    if (!o->program) names.push_back(o->command());
  }
  for (const auto& k : plugins.known()) names.push_back(k.words);
  const std::string typed = args.size() > 1 ? args[0] + " " + args[1] : args[0];
  std::string hint = config::suggest(typed, names);
  if (hint.empty()) hint = config::suggest(args[0], names);
  std::cerr << "posthouse: unknown command '" << args[0] << "'" << hint << "\nTry: posthouse help\n";
  return kUsage;
}

}  // namespace

std::vector<std::string> commandWords() {
  std::vector<std::string> out = {"help"};
  for (const Command* c : kCommands) out.emplace_back(c->name);
  for (const auto* o : admin::operations()) out.push_back(o->command());
  return out;
}

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
  return runOfPlugins(args, wantsHelp);
}

}  // namespace posthouse::app
