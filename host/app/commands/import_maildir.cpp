#include "app/command.hpp"
#include "app/import_run.hpp"
#include "transfer/sources.hpp"

namespace posthouse::app {
namespace {

int run(const std::vector<std::string>& args) {
  int code = kOk;
  const auto command = beginTransfer(args, {{"mailbox", true}}, 2, 0, &code);
  if (!command) return code;
  const transfer::ImportOptions options{command->flags.words[1], command->flags.get("mailbox")};
  return runImport(*command, [&](transfer::Importer& importer) { return transfer::importMaildir(options, importer); });
}

}  // namespace

const Command kImportMaildir = {
    "import maildir", "[--dir DIR | --config FILE] [--mailbox M] ACCOUNT PATH",
    "Imports a maildir with its folders, flags and dates from a folder, zip or tgz. A second run "
    "goes on where the first one ended.",
    run};

}  // namespace posthouse::app
