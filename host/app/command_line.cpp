#include <algorithm>
#include <cstdio>
#include <iostream>
#include <sstream>

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
                                    &kCid,
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
}

int version(const std::vector<std::string>&) {
  std::cout << "posthouse " << kVersion << "\n";
  return kOk;
}

}  // namespace

const Command kVersion_ = {"version", "", "Prints the version.", version};

int runCommandLine(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  if (args.empty() || args[0] == "help" || args[0] == "--help" || args[0] == "-h") {
    help(args.empty() ? std::cerr : std::cout);
    return args.empty() ? kUsage : kOk;
  }
  for (const Command* c : kCommands) {
    const auto words = wordsOf(c->name);
    if (words.size() > args.size() || !std::equal(words.begin(), words.end(), args.begin())) continue;
    const int code = c->run({args.begin() + static_cast<ptrdiff_t>(words.size()), args.end()});
    if (code == kUsage) std::cerr << "usage: posthouse " << c->name << " " << c->usage << "\n";
    return code;
  }
  std::vector<std::string> names;
  for (const Command* c : kCommands) {
    if (c->summary) names.emplace_back(c->name);
  }
  const std::string typed = args.size() > 1 ? args[0] + " " + args[1] : args[0];
  std::string hint = config::suggest(typed, names);
  if (hint.empty()) hint = config::suggest(args[0], names);
  std::cerr << "posthouse: unknown command '" << args[0] << "'" << hint << "\nTry: posthouse help\n";
  return kUsage;
}

}  // namespace posthouse::app
