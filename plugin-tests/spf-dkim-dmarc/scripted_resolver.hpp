// A resolver that knows what a test wrote down: name, type, values. Other names do not exist.
// Threads: one.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "dns/resolver.hpp"

class ScriptedResolver final : public ph_mailauth::Resolver {
 public:
  using Type = ph::DnsType;

  // MX values: "preference name".
  void add(const std::string& name, Type type, const std::string& value);
  // This name exists, whether or not it has records.
  void add(const std::string& name) { names_.insert(lower(name)); }
  // Questions of this type fail for now.
  void fail(const std::string& name, Type type) { failing_.insert({lower(name), type}); }

  ph::DnsAnswer ask(std::string_view name, Type type) override;

  std::vector<std::string> asked;  // "name type"
  bool secure = false;

 private:
  static std::string lower(std::string_view name);

  std::map<std::pair<std::string, Type>, std::vector<ph::DnsRecord>> records_;
  std::set<std::string> names_;
  std::set<std::pair<std::string, Type>> failing_;
};
