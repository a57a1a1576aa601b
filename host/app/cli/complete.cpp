#include "app/cli/complete.hpp"

#include <algorithm>
#include <set>
#include <sstream>

#include "app/cli/arguments.hpp"
#include "app/cli/run.hpp"

namespace posthouse::app::cli {
namespace {

std::vector<std::string> split(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> out;
  for (std::string w; in >> w;) out.push_back(w);
  return out;
}

bool isWord(const admin::Operation& o, const admin::Param& p) {
  const auto words = o.words();
  return std::find(words.begin(), words.end(), &p) != words.end();
}

void addArguments(const admin::Operation& o, const std::vector<std::string>& args, std::set<std::string>* out) {
  const auto offer = [&](const admin::Param& p) { out->insert(p.allowed.begin(), p.allowed.end()); };
  if (args.size() > 1) {  // the value of a flag
    for (const auto& p : o.params) {
      if (args[args.size() - 2] == "--" + flagName(p) && p.type != admin::Param::Type::Bool) return offer(p);
    }
  }
  for (const char* common : {"--dir", "--json", "--help"}) out->insert(common);
  for (const auto& p : o.params) {
    if (isWord(o, p)) {
      offer(p);
    } else if (!p.secret()) {
      out->insert("--" + flagName(p));
    } else if (!p.required()) {
      out->insert("--" + flagName(p) + "-stdin");
    }
  }
}

}  // namespace

std::vector<std::string> candidates(const std::vector<std::string>& commands,
                                    const std::vector<const admin::Operation*>& ofPlugins,
                                    const std::vector<std::string>& words) {
  if (words.empty()) return {};
  std::set<std::string> all;
  const std::vector<std::string> before(words.begin(), words.end() - 1);
  auto names = commands;
  for (const auto* o : admin::operations()) {
    if (!o->program) names.push_back(o->command());
  }
  for (const auto* o : ofPlugins) names.push_back(o->command());
  for (const auto& name : names) {
    const auto parts = split(name);
    if (parts.size() > before.size() && std::equal(before.begin(), before.end(), parts.begin()))
      all.insert(parts[before.size()]);
  }
  const auto* o = findOperation(before);
  for (const auto* p : ofPlugins) {
    const auto parts = split(p->command());
    if (parts.size() <= before.size() && std::equal(parts.begin(), parts.end(), before.begin())) o = p;
  }
  if (o) {
    const auto skip = static_cast<ptrdiff_t>(split(o->command()).size());
    addArguments(*o, {words.begin() + skip, words.end()}, &all);
  }
  std::vector<std::string> out;
  std::copy_if(all.begin(), all.end(), std::back_inserter(out),
               [&](const auto& c) { return c.starts_with(words.back()); });
  return out;
}

std::string completionScript(const std::string& shell) {
  if (shell == "bash")
    return "_posthouse() {\n"
           "  local IFS=$'\\n'\n"
           "  COMPREPLY=($(posthouse complete -- \"${COMP_WORDS[@]:1:COMP_CWORD}\" 2>/dev/null))\n"
           "}\n"
           "complete -o default -F _posthouse posthouse\n";
  if (shell == "zsh")
    return "#compdef posthouse\n"
           "_posthouse() {\n"
           "  local -a found\n"
           "  found=(${(f)\"$(posthouse complete -- \"${(@)words[2,CURRENT]}\" 2>/dev/null)\"})\n"
           "  if (( $#found )); then compadd -a found; else _files; fi\n"
           "}\n"
           "compdef _posthouse posthouse\n";
  if (shell == "fish")
    return "function __posthouse_complete\n"
           "  set -l words (commandline -opc)\n"
           "  posthouse complete -- $words[2..-1] (commandline -ct) 2>/dev/null\n"
           "end\n"
           "complete -c posthouse -a '(__posthouse_complete)'\n";
  return {};
}

}  // namespace posthouse::app::cli
