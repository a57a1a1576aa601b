// A command of a plugin, as it was described; and what answers it. Threads: a description never changes; handlers run
// on the hook pool, many at once.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ph/result.hpp"

namespace posthouse::commands {

class Call;

// In the order of the contract (PH_CLI_TEXT ...).
enum class Type { Text, Int, Bool, List, File, Time, Any };
enum class Names { Nothing, Account, Domain, Address };
enum class Role { Account, DomainAdmin, Admin };

struct Param {
  std::string name;
  Type type = Type::Text;
  bool required = false;
  bool word = false;
  bool secret = false;
  Names names = Names::Nothing;
  std::string help;
  std::vector<std::string> allowed;
};

struct Field {
  std::string name;
  Type type = Type::Text;
  std::string help;
};

// Like http::Handler.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual ph::Status run(Call& call) = 0;
  // Whether it may be called now. What is begun is ended.
  virtual bool begin() { return true; }
  virtual void end() {}
  // A call is over its deadline; much longer; came back after all.
  virtual void late() {}
  virtual void stuck() {}
  virtual void returned(bool wasStuck) { (void)wasStuck; }
};

struct Command {
  static constexpr std::chrono::milliseconds kDeadline{30000};
  static constexpr std::chrono::milliseconds kMaxDeadline{100000};

  std::string words;  // "dkim status"
  std::string plugin;
  std::string help;
  Role role = Role::Admin;
  bool changes = false;
  bool offline = false;
  bool many = false;  // answers {"items": [...]}
  bool json = false;  // for programs: the command line prints it as it is
  std::chrono::milliseconds deadline = kDeadline;
  std::vector<Param> params;
  std::vector<Field> fields;
  std::shared_ptr<Handler> handler;  // none: only described
};

// Invalid: what breaks a rule of ph.cli/1.
ph::Status check(const Command& command);
// Whether one begins with the other, word by word: then they can't stand beside each other.
bool clash(const std::string& words, const std::string& others);

}  // namespace posthouse::commands
