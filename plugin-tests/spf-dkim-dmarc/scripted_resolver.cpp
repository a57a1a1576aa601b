#include "scripted_resolver.hpp"

#include <cstdlib>

#include "ph/text/ascii.hpp"

std::string ScriptedResolver::lower(std::string_view name) {
  std::string out = ph::text::toLower(name);
  if (!out.empty() && out.back() == '.') out.pop_back();
  return out;
}

void ScriptedResolver::add(const std::string& name, Type type, const std::string& value) {
  ph::DnsRecord r;
  r.ttl = 300;
  r.value = value;
  if (const size_t blank = value.find(' '); type == Type::Mx && blank != std::string::npos) {
    r.preference = std::atoi(value.c_str());
    r.value = value.substr(blank + 1);
  }
  records_[{lower(name), type}].push_back(std::move(r));
  add(name);
}

ph::DnsAnswer ScriptedResolver::ask(std::string_view name, Type type) {
  using Outcome = ph::DnsAnswer::Outcome;
  ph::DnsAnswer out;
  std::string key = lower(name);
  asked.push_back(key + " " + std::to_string(static_cast<int>(type)));
  out.security = secure ? ph::DnsAnswer::Security::Secure : ph::DnsAnswer::Security::Insecure;
  for (int links = 0; links < 8; ++links) {
    if (failing_.contains({key, type})) {
      out.outcome = Outcome::Temporary;
      return out;
    }
    out.name = key;
    if (const auto found = records_.find({key, type}); found != records_.end()) {
      out.outcome = Outcome::Found;
      out.records = found->second;
      return out;
    }
    const auto alias = records_.find({key, Type::Cname});
    if (alias == records_.end()) break;
    key = lower(alias->second.front().value);
  }
  out.outcome = names_.contains(key) ? Outcome::NoData : Outcome::NoName;
  return out;
}
