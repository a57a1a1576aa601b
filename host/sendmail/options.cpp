#include "sendmail/options.hpp"

#include <string_view>

namespace posthouse::sendmail {
namespace {

// Letters whose value is the rest of the word or the next word.
constexpr std::string_view kWithValue = "BCDdFfhLNOpRrVX";
constexpr std::string_view kWithoutValue = "AGinstUv";

}  // namespace

ph::Result<Options> parseOptions(const std::vector<std::string>& args) {
  Options out;
  const auto bad = [](const std::string& text) { return ph::Error{ph::Kind::Invalid, text}; };
  for (size_t i = 0; i < args.size(); ++i) {
    const std::string& a = args[i];
    if (a == "--") {
      out.recipients.insert(out.recipients.end(), args.begin() + static_cast<ptrdiff_t>(i) + 1, args.end());
      break;
    }
    if (a.size() < 2 || a[0] != '-') {
      out.recipients.push_back(a);
      continue;
    }
    if (a == "--config") {
      if (++i == args.size()) return bad("--config needs a file");
      out.config = args[i];
      continue;
    }
    const char letter = a[1];
    const std::string rest = a.substr(2);
    std::string value = rest;
    if (kWithValue.find(letter) != std::string_view::npos && rest.empty()) {
      if (++i == args.size()) return bad(a + " needs a value");
      value = args[i];
    }
    switch (letter) {
      case 'f':
      case 'r':
        out.from = value;
        break;
      case 'F':
        out.name = value;
        break;
      case 'o':  // -oi; the others are of no concern here
        if (rest == "i") out.dotsAreText = true;
        break;
      case 'q':  // with or without an interval
        out.mode = Options::Mode::Flush;
        break;
      case 'b':
        if (rest == "p") {
          out.mode = Options::Mode::List;
        } else if (rest == "i") {
          out.mode = Options::Mode::Nothing;  // newaliases
        } else if (rest != "m") {
          return bad(a + " is not offered: this only hands mail to a server");
        }
        break;
      default:
        if (kWithValue.find(letter) != std::string_view::npos) break;
        if (kWithoutValue.find(letter) == std::string_view::npos) return bad("unknown option " + a);
        // Several letters may share a word: -ti.
        for (const char c : a.substr(1)) {
          if (kWithoutValue.find(c) == std::string_view::npos) return bad("unknown option " + a);
          if (c == 't') out.fromHeader = true;
          if (c == 'i') out.dotsAreText = true;
        }
    }
  }
  return out;
}

}  // namespace posthouse::sendmail
