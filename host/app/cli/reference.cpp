#include "app/cli/reference.hpp"

#include "app/cli/arguments.hpp"

namespace posthouse::app::cli {
namespace {

void table(const admin::Operation& o, std::string* out) {
  if (o.params.empty()) return;
  *out += "\n| parameter | meaning |\n|---|---|\n";
  for (const auto& p : o.params) {
    *out += "| `" + std::string(p.name) + "`" + (p.required() ? "" : " (optional)") + " | " + p.help;
    if (!p.allowed.empty()) {
      *out += " One of";
      for (const char* a : p.allowed) *out += " `" + std::string(a) + "`";
      *out += ".";
    }
    *out += p.secret() ? " Read from standard input. |\n" : " |\n";
  }
}

}  // namespace

std::string reference(const std::vector<const Command*>& commands) {
  std::string out =
      "# The command line\n\nMade from the program by `tests/rules/admin_docs.py --update`; do not edit.\n\n"
      "Exit codes: 0 done, 1 it did not work, 2 the command line is wrong, 3 not now: no server answers, or it is "
      "busy.\n\n"
      "## Without a server\n\nThese work on files.\n\n";
  for (const Command* c : commands) {
    if (!c->summary) continue;
    out += "- `posthouse " + std::string(c->name) + (*c->usage ? " " : "") + c->usage + "`  \n  " + c->summary + "\n";
  }
  out += "\n## With a running server\n\nEach takes `" + std::string(kCommonUsage) +
         "`. The server is found at its socket `ctl.sock`: in DIR, in the current folder, in localserve's folder, in "
         "/run/posthouse. `--json` prints the answer as it came.\n";
  for (const auto* o : admin::operations()) {
    if (o->program) continue;
    const std::string more = usage(*o);
    out += "\n### " + o->command() + "\n\n`posthouse " + o->command() + (more.empty() ? "" : " " + more) + "`\n\n" +
           o->help + "\n\n`" + admin::methodName(o->method) + " /api/v1" + o->path + "`, for " +
           admin::roleName(o->role) + ".\n";
    table(*o, &out);
  }
  return out;
}

}  // namespace posthouse::app::cli
