// plugin.json: what a plugin is, needs, offers and understands, readable without running its code.
#pragma once

#include <string>
#include <vector>

#include "ph/result.hpp"

namespace posthouse::plugin {

struct Manifest {
  std::string id;
  std::string version;
  std::string title;
  std::string summary;
  std::string license;
  std::vector<std::string> required;  // interface ids it can't live without
  std::vector<std::string> used;
  std::vector<std::string> drafts;
  std::vector<std::string> protocols;
  std::vector<std::string> commands;  // their words
  std::vector<std::string> factsProvided;
  std::vector<std::string> factsWanted;
  std::string configSchema;  // JSON
  std::string sha256;        // of the file
  std::string file;
};

ph::Result<Manifest> readManifest(const std::string& file);

// Lower-case hex SHA-256 of a file.
ph::Result<std::string> fileSha256(const std::string& file);

}  // namespace posthouse::plugin
