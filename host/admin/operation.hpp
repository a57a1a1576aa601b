// What can be done to a running server: one description per operation, which every face is made from, and one handler.
// Threads: descriptions never change; handlers run on the pool of administration, many at once.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/principal.hpp"
#include "base/progress.hpp"
#include "json/value.hpp"
#include "ph/result.hpp"

namespace posthouse::admin {

struct Core;

// What a parameter names, so that it can be compared with what the principal may touch.
enum class Subject { None, Account, Domain, Address };

struct Param {
  // List: of strings; Any: a JSON value; Time: Unix seconds; File: bytes, base64 in JSON, read by the command line.
  enum class Type { String, Int, Bool, List, Any, Time, File };
  enum Flags : unsigned {
    kOptional = 0,
    kRequired = 1,
    kWord = 2,    // on the command line: a word instead of a flag; those of the path are words anyway
    kSecret = 4,  // read from standard input there, never logged
  };
  const char* name;
  Type type;
  unsigned flags;
  const char* help;  // one sentence
  Subject subject = Subject::None;
  std::vector<const char*> allowed = {};  // none: any

  bool required() const { return (flags & kRequired) != 0; }
  bool secret() const { return (flags & kSecret) != 0; }
};

struct Field {
  const char* name;
  Param::Type type;
  const char* help;
};

// What an operation answers: an object with these members, or {"items": [such objects]}.
struct Shape {
  enum class Kind { One, Many };
  Kind kind = Kind::One;
  std::vector<Field> fields = {};
  bool json = false;   // for programs: the command line shows it as it is
  bool bytes = false;  // not JSON: the handler's string is the answer
};

// One call, as its handler sees it: `args` fit the description, and `who` may make it.
struct Call {
  Core& core;
  const Principal& who;
  json::Value args;
  TellProgress tell = nullptr;  // null: nobody wants to know how far it is
  std::string body = {};        // of operations whose body is bytes

  bool has(std::string_view name) const { return args.find(name) != nullptr; }
  const std::string& text(std::string_view name) const { return args[name].string(); }
  int64_t integer(std::string_view name, int64_t fallback = 0) const {
    return has(name) ? args[name].integer() : fallback;
  }
  bool flag(std::string_view name) const { return args[name].boolean(); }
  std::vector<std::string> list(std::string_view name) const { return args[name].strings(); }
};

using Answer = ph::Result<json::Value>;

enum class Method { Get, Post, Put, Patch, Delete };
const char* methodName(Method method);

struct Operation {
  const char* name;  // "account.add": its words are those of the command line
  Method method;
  const char* path;  // "/accounts/{account}", below /api/v1
  const char* help;  // one sentence, for every face
  std::vector<Param> params = {};
  Role role = Role::Admin;  // the least
  bool tells = false;       // it may take long, and says how far it is
  bool changes = false;     // goes to the audit log
  Shape result = {};
  std::function<Answer(Call& call)> run = nullptr;
  bool rawBody = false;  // the body is bytes, the parameters stand in the query
  bool program = false;  // for programs: the command line has another way to it

  const Param* param(std::string_view name) const;
  // The parameter stands in the path.
  bool inPath(const Param& param) const;
  bool takesFile() const;
  // The parameters that are words of the command line, in their order.
  std::vector<const Param*> words() const;
  // "account add"
  std::string command() const;
};

// All of the host's own, in the order of the documentation.
const std::vector<const Operation*>& operations();

}  // namespace posthouse::admin
