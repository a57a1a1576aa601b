// The building of a Directory. Internal to it.
#pragma once

#include <string>
#include <string_view>

#include "accounts/directory.hpp"

namespace posthouse::accounts {

// A local part in the form that its spellings share.
std::string fold(std::string_view localpart, const config::DomainConfig& domain);

struct Directory::Builder {
  Directory& d;
  std::string problems;  // one per line: file:line:column: text

  void problem(const config::Position& at, const std::string& text);
  // The canonical form of a configured address; empty: it is wrong, which was said.
  std::string key(const std::string& text, const config::Position& at);
  void account(const std::string& name, const config::AccountConfig& account);
  void alias(const config::DomainConfig& domain, const config::AliasConfig& alias);
  void members(const config::DomainConfig& domain, const config::AliasConfig& alias);
};

}  // namespace posthouse::accounts
