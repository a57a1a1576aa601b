// Validation of configuration against a JSON schema (the part of it that configuration needs), with defaults filled in.
//
// Understood: type (object, array, string, integer, boolean), properties, additionalProperties (false or a schema),
// items, required, default, enum, minimum, maximum, minLength, format ("duration", "size", "address", "path").
// A schema is data of the build or of a plugin's manifest; a keyword that is not understood makes it invalid.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/node.hpp"

namespace posthouse::config {

class Schema {
 public:
  static ph::Result<Schema> parse(const std::string& json);
  // Checks `node` and fills in defaults. Each problem is one line: file:line:column: what, and a hint.
  std::vector<std::string> apply(Node* node) const;

  struct Rule;

 private:
  explicit Schema(std::shared_ptr<const Rule> root) : root_(std::move(root)) {}
  std::shared_ptr<const Rule> root_;
};

}  // namespace posthouse::config
