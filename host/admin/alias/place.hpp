// Where an alias stands in the configuration. Threads: as handlers.
#pragma once

#include "admin/changes.hpp"
#include "admin/operation.hpp"
#include "config/server.hpp"

namespace posthouse::admin {

struct AliasPlace {
  std::string file;
  std::string path;                            // "aliases.team"
  const config::AliasConfig* alias = nullptr;  // nullptr: there is none yet; lives as long as `config`
  std::shared_ptr<const config::ServerConfig> config;
};
// Of the argument "address". Invalid: no address; NotFound: no such domain here.
ph::Result<AliasPlace> aliasPlace(const Call& call);
// The file with all other arguments set in the alias.
ph::Result<Changes::Texts> editedAlias(const Call& call, const AliasPlace& place, const Changes& changes);

}  // namespace posthouse::admin
