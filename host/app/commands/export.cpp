#include <iostream>

#include "app/cli/run.hpp"
#include "app/command.hpp"
#include "app/transfer_peer.hpp"
#include "transfer/sources.hpp"

namespace posthouse::app {
namespace {

int run(const std::vector<std::string>& args) {
  int code = kOk;
  const auto command = beginTransfer(args, {{"mailbox", true}, {"format", true}, {"to", true}}, 1, 0, &code);
  if (!command) return code;
  const auto& flags = command->flags;
  const auto format = flags.get("format", "mbox"), to = flags.get("to");
  if (to.empty() || (format != "mbox" && format != "maildir")) return kUsage;
  if (format == "maildir" && to == "-") {
    std::cerr << "posthouse: a maildir is many files; say a folder, FILE.zip or FILE.tgz\n";
    return kUsage;
  }
  const auto output = transfer::openOutput(to);
  if (!output) return failed(output.error());
  std::string summary;
  auto done = [&] {
    transfer::Progress progress;
    const transfer::ExportOptions options{flags.get("mailbox")};
    auto result = format == "mbox" ? transfer::exportMbox(options, *command->peer, **output, progress)
                                   : transfer::exportMaildir(options, *command->peer, **output, progress);
    summary = progress.summary();
    return result;
  }();
  if (!done) {
    std::cerr << "posthouse: " << done.error().text << "\n";
    return cli::codeOf(done.error().kind);
  }
  std::cerr << summary << ": exported, " << done->problems << " problems\n";
  return done->problems == 0 ? kOk : kFailed;
}

}  // namespace

const Command kExport = {
    "export",
    "[--dir DIR | --config FILE] [--mailbox M] [--format mbox|maildir] --to FOLDER|FILE.zip|FILE.tgz|- "
    "ACCOUNT",
    "Writes an account's mail with flags and dates; - is standard output (mbox).", run};

}  // namespace posthouse::app
