#include "app/import_run.hpp"

#include <iostream>

#include "app/cli/run.hpp"
#include "app/command.hpp"

namespace posthouse::app {

int runImport(const TransferCommand& command, const std::function<ph::Status(transfer::Importer&)>& work) {
  ph::Status done;
  std::string summary;
  uint64_t stored = 0, known = 0, problems = 0;
  {
    transfer::Progress progress;
    transfer::Importer importer(*command.peer, progress);
    done = work(importer);
    stored = importer.stored();
    known = importer.known();
    problems = importer.problems();
    summary = progress.summary();
  }
  std::cout << summary << ": " << stored << " imported, " << known << " were there, " << problems << " problems\n";
  if (!done) {
    std::cerr << "posthouse: " << done.error().text << "; run it again to go on\n";
    return cli::codeOf(done.error().kind);
  }
  return problems == 0 ? kOk : kFailed;
}

}  // namespace posthouse::app
