#include "admin/registry.hpp"

#include <algorithm>

#include "accounts/accounts.hpp"
#include "admin/arguments.hpp"
#include "ph/address/addr_spec.hpp"
#include "ph/address/domain.hpp"

namespace posthouse::admin {
namespace {

// The same for what does not exist: strangers learn no names.
const ph::Error kNotYours{ph::Kind::Denied, "this is not yours to see or change"};

std::string domainOf(const std::string& address) {
  const auto parsed = ph::address::parseAddrSpec(address);
  if (!parsed) return {};
  return ph::address::normaliseDomain(parsed->domain).valueOr("");
}

json::Value withoutSecrets(const Operation& operation, const json::Value& args) {
  json::Value out = json::Value::object();
  for (const auto& [key, value] : args.members()) {
    const Param* p = operation.param(key);
    if (p && !p->secret()) out.set(key, value);
  }
  return out;
}

}  // namespace

bool mayAccount(const Core& core, const Principal& who, const std::string& account) {
  if (who.role == Role::Admin) return true;
  if (!account.empty() && account == who.account) return true;
  if (who.role == Role::Account) return false;
  const auto directory = core.accounts->directory();
  const auto* config = directory->account(account);
  // Nobody gets at who is more powerful, for one by a new password.
  if (!config || config->role == "admin" ||
      !std::all_of(config->administers.begin(), config->administers.end(),
                   [&](const auto& d) { return who.mayDomain(d); }))
    return false;
  return !config->addresses.empty() && std::all_of(config->addresses.begin(), config->addresses.end(),
                                                   [&](const std::string& a) { return who.mayDomain(domainOf(a)); });
}

const Operation* Registry::find(std::string_view name) const {
  const auto i = std::find_if(operations_.begin(), operations_.end(), [&](const auto* o) { return name == o->name; });
  return i == operations_.end() ? nullptr : *i;
}

bool mayTouch(const Core& core, Subject subject, const std::string& what, const Principal& who) {
  switch (subject) {
    case Subject::Account:
      return mayAccount(core, who, what);
    case Subject::Domain:
      return who.mayDomain(ph::address::normaliseDomain(what).valueOr(""));
    case Subject::Address:
      return who.role == Role::Account
                 ? !who.account.empty() && core.accounts->directory()->accountOfLogin(what) == who.account
                 : who.mayDomain(domainOf(what));
    case Subject::None:
      break;
  }
  return true;
}

ph::Status Registry::mayTouch(const Operation& operation, const Principal& who, json::Value* args) const {
  if (who.role < operation.role || !who.mayCall(operation.name)) {
    return ph::Error{ph::Kind::Denied, std::string(operation.name) + " is not for you"};
  }
  if (who.role == Role::Admin) return {};
  for (const auto& p : operation.params) {
    if (p.subject == Subject::None) continue;
    // Who has but one account need not name it.
    if (p.subject == Subject::Account && who.role == Role::Account && !args->find(p.name)) {
      args->set(p.name, who.account);
    }
    const json::Value& value = (*args)[p.name];
    const auto values = value.type() == json::Value::Type::List ? value.strings()
                        : value.isNull()                        ? std::vector<std::string>()
                                                                : std::vector<std::string>{value.string()};
    for (const auto& v : values) {
      if (!admin::mayTouch(core_, p.subject, v, who)) return kNotYours;
    }
  }
  return {};
}

Answer Registry::call(const Operation& operation, const Principal& who, json::Value args, TellProgress tell,
                      std::string body) const {
  if (auto s = checkTypes(operation, args); !s) return s.error();
  ph::Status allowed = mayTouch(operation, who, &args);
  if (allowed) allowed = checkPresence(operation, args);
  if (!allowed && allowed.error().kind != ph::Kind::Denied) return allowed.error();
  Answer answer = allowed ? Answer(json::Value()) : Answer(allowed.error());
  Call call{core_, who, std::move(args), std::move(tell), std::move(body)};
  if (allowed) answer = operation.run(call);
  if (answer && answer->isNull()) answer = json::Value::object();
  if (operation.changes && audit_) {
    const ph::Status result = answer ? ph::Status() : ph::Status(answer.error());
    const json::Value shown = withoutSecrets(operation, call.args);
    if (auto s = audit_({operation, who, shown, result}); !s && answer) {
      return ph::Error{s.error().kind, "it is done, but the audit log can't be written: " + s.error().text};
    }
  }
  return answer;
}

}  // namespace posthouse::admin
