#include "app/cli/arguments.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>

#include "admin/arguments.hpp"
#include "app/offline.hpp"
#include "config/suggest.hpp"
#include "ph/sasl/base64.hpp"
#include "ph/text/ascii.hpp"

namespace posthouse::app::cli {
namespace {

using admin::Param;

ph::Error invalid(std::string text) {
  return {ph::Kind::Invalid, std::move(text)};
}

bool isFlag(const admin::Operation& operation, const Param& p) {
  const auto words = operation.words();
  return std::find(words.begin(), words.end(), &p) == words.end() && !p.secret();
}

const Param* findFlag(const admin::Operation& operation, const std::string& name) {
  for (const auto& p : operation.params) {
    if (isFlag(operation, p) && flagName(p) == name) return &p;
  }
  return nullptr;
}

std::string upper(std::string text) {
  for (char& c : text) c = c == '_' ? '-' : static_cast<char>(ph::text::isAlpha(c) ? c & ~0x20 : c);
  return text;
}

const char* placeholder(const Param& p) {
  switch (p.type) {
    case Param::Type::Int:
      return "N";
    case Param::Type::Time:
      return "TIME";
    case Param::Type::File:
      return "FILE";
    default:
      return "TEXT";
  }
}

}  // namespace

std::string flagName(const Param& param) {
  std::string out = param.name;
  std::replace(out.begin(), out.end(), '_', '-');
  return out;
}

std::string usage(const admin::Operation& operation) {
  std::string out;
  const auto add = [&](const std::string& text, bool required) {
    out += (out.empty() ? "" : " ") + (required ? text : "[" + text + "]");
  };
  for (const auto* p : operation.words()) {
    add(upper(p->name) + (p->type == Param::Type::List ? "..." : ""), p->required());
  }
  for (const auto& p : operation.params) {
    if (!isFlag(operation, p)) continue;
    std::string text = "--" + flagName(p);
    if (p.type != Param::Type::Bool) text += std::string(" ") + placeholder(p);
    add(text, p.required());
  }
  for (const auto& p : operation.params) {
    if (p.secret() && !p.required()) add("--" + flagName(p) + "-stdin", false);
  }
  return out;
}

ph::Result<Arguments> parseArguments(const admin::Operation& operation, const std::vector<std::string>& words,
                                     bool offline) {
  Arguments out;
  std::vector<std::string> plain;
  bool flags = true;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (flags && word == "--") {
      flags = false;
      continue;
    }
    if (!flags || !word.starts_with("--")) {
      plain.push_back(word);
      continue;
    }
    const size_t equals = std::min(word.find('='), word.size());
    const std::string name = word.substr(2, equals - 2);
    const bool given = equals < word.size();
    std::string value = given ? word.substr(equals + 1) : "";
    const Param* p = findFlag(operation, name);
    const bool takes =
        p ? p->type != Param::Type::Bool : name == "dir" || (offline && (name == "config" || name == "resolver"));
    if (takes && !given) {
      if (++i == words.size()) return invalid("--" + name + " needs a value");
      value = words[i];
    }
    if (p) {
      if (auto s = admin::addText(*p, value, &out.args); !s) return s.error();
    } else if (name == "dir") {
      out.dir = value;
    } else if (offline && name == "config") {
      out.config = value;
    } else if (offline && name == "resolver") {
      out.resolver = value;
    } else if (name == "json" && !given) {
      out.json = true;
    } else if (name == "help" && !given) {
      out.help = true;
    } else {
      const Param* secret = nullptr;
      std::vector<std::string> names = {"dir", "json", "help"};
      if (offline) names.insert(names.end(), {"config", "resolver"});
      for (const auto& known : operation.params) {
        if (known.secret() && !known.required()) {
          names.push_back(flagName(known) + "-stdin");
          if (name == names.back()) secret = &known;
        } else if (isFlag(operation, known)) {
          names.push_back(flagName(known));
        }
      }
      if (!secret) return invalid("unknown flag --" + name + config::suggest(name, names));
      out.args.set(secret->name, json::Value());  // to be read
    }
  }
  if (out.help) return out;
  size_t next = 0;
  for (const Param* p : operation.words()) {
    const bool all = p->type == Param::Type::List;
    if (next == plain.size() && p->required()) return invalid(upper(p->name) + " is missing");
    do {
      if (next == plain.size()) break;
      if (auto s = admin::addText(*p, plain[next++], &out.args); !s) return s.error();
    } while (all);
  }
  if (next < plain.size()) return invalid("'" + plain[next] + "' is one word too many");
  return out;
}

ph::Status readInputs(const admin::Operation& operation, json::Value* args) {
  for (const auto& p : operation.params) {
    // Never on the command line, where every user of the machine could see it.
    if (p.secret() && (p.required() || args->find(p.name))) args->set(p.name, readPassword());
    if (p.type != Param::Type::File || !args->find(p.name)) continue;
    const std::string name = (*args)[p.name].string();
    std::ifstream file;
    if (name != "-") file.open(name, std::ios::binary);
    std::istream& in = name == "-" ? std::cin : file;
    std::ostringstream content;
    content << in.rdbuf();
    if (in.bad() || (name != "-" && !file.is_open())) return ph::Error{ph::Kind::NotFound, name + ": can't be read"};
    args->set(p.name, ph::sasl::encodeBase64(content.str()));
  }
  return {};
}

}  // namespace posthouse::app::cli
