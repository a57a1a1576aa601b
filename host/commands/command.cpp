#include "commands/command.hpp"

#include <algorithm>
#include <set>

#include "ph/text/ascii.hpp"
#include "ph/text/utf8.hpp"

namespace posthouse::commands {
namespace {

constexpr size_t kMaxWords = 4, kMaxName = 32, kMaxHelp = 500, kMaxParams = 32;

ph::Error invalid(const std::string& what) {
  return {ph::Kind::Invalid, what};
}

bool isName(const std::string& name, char joint) {
  return !name.empty() && name.size() <= kMaxName && name[0] >= 'a' && name[0] <= 'z' &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return (c >= 'a' && c <= 'z') || ph::text::isDigit(c) || c == joint; });
}

bool areWords(const std::string& words) {
  size_t count = 0;
  for (size_t at = 0; at <= words.size(); ++count) {
    const size_t end = std::min(words.find(' ', at), words.size());
    if (!isName(words.substr(at, end - at), '-')) return false;
    at = end + 1;
  }
  return count <= kMaxWords;
}

// One sentence: what would break a table or a terminal has no place in it.
bool isHelp(const std::string& text) {
  return !text.empty() && text.size() <= kMaxHelp && ph::text::isUtf8(text) &&
         std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

ph::Status checkParam(const Param& p) {
  if (!isName(p.name, '_')) return invalid("'" + p.name + "' can't name a parameter");
  const std::string about = "the parameter '" + p.name + "' ";
  if (!isHelp(p.help)) return invalid(about + "needs one sentence of help");
  if (p.name == "dir" || p.name == "json" || p.name == "help" || p.name == "config" || p.name == "resolver")
    return invalid(about + "has the name of a flag that every command has");
  if (p.type == Type::Any) return invalid(about + "has no type");
  if (p.secret && (p.type != Type::Text || p.word)) return invalid(about + "is secret: a text and no word");
  if (p.word && p.type == Type::Bool) return invalid(about + "can't be a word");
  const bool text = p.type == Type::Text || p.type == Type::List;
  if (!text && (!p.allowed.empty() || p.names != Names::Nothing)) return invalid(about + "must be a text for that");
  return {};
}

}  // namespace

ph::Status check(const Command& c) {
  if (!areWords(c.words)) return invalid("'" + c.words + "' can't be the words of a command");
  if (!isHelp(c.help)) return invalid("it needs one sentence of help");
  if (c.deadline > Command::kMaxDeadline) return invalid("its deadline is too long");
  if (c.params.size() > kMaxParams || c.fields.size() > kMaxParams)
    return invalid("it has too many parameters or fields");
  std::set<std::string> names;
  bool optional = false, last = false;
  size_t secrets = 0;
  for (const auto& p : c.params) {
    if (auto s = checkParam(p); !s) return s;
    if (!names.insert(p.name).second) return invalid("'" + p.name + "' is there twice");
    if (p.secret && ++secrets > 1) return invalid("only one secret comes from standard input");
    if (!p.word) continue;
    if (last || (optional && p.required)) return invalid("no word can follow one that may be many or missing");
    optional = optional || !p.required;
    last = p.type == Type::List;
  }
  names.clear();
  for (const auto& f : c.fields) {
    if (!isName(f.name, '_') || !isHelp(f.help)) return invalid("the field '" + f.name + "' needs a name and help");
    if (!names.insert(f.name).second) return invalid("the field '" + f.name + "' is there twice");
  }
  return {};
}

bool clash(const std::string& words, const std::string& others) {
  const auto& [shorter, longer] =
      std::minmax(words, others, [](const auto& a, const auto& b) { return a.size() < b.size(); });
  return longer.starts_with(shorter) && (longer.size() == shorter.size() || longer[shorter.size()] == ' ');
}

}  // namespace posthouse::commands
