#include <fstream>
#include <iostream>
#include <iterator>

#include "app/command.hpp"
#include "app/flags.hpp"
#include "mail/parse_json.hpp"

namespace posthouse::app {
namespace {

int run(const std::vector<std::string>& args) {
  const auto flags = parseFlags(args, {});
  if (!flags || flags->words.size() != 1) {
    if (!flags) std::cerr << "posthouse: " << flags.error().text << "\n";
    return kUsage;
  }
  std::string text;
  if (flags->words[0] == "-") {
    text.assign(std::istreambuf_iterator<char>(std::cin), {});
  } else {
    std::ifstream in(flags->words[0], std::ios::binary);
    if (!in) {
      std::cerr << "posthouse: " << flags->words[0] << ": cannot be opened\n";
      return kFailed;
    }
    text.assign(std::istreambuf_iterator<char>(in), {});
  }
  std::cout << mail::partTreeJson(text) << "\n";
  return kOk;
}

}  // namespace

const Command kMessageParse = {"message parse", "FILE",
                               "Prints the part tree of a message (- reads standard input) as JSON.", run};

}  // namespace posthouse::app
