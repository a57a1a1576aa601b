// A configuration value with the place it came from. A value type, read-only after loading.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ph/result.hpp"

namespace posthouse::config {

struct Position {
  std::string file;  // empty: a default from a schema
  uint32_t line = 0;
  uint32_t column = 0;
  std::string text() const;  // "posthouse.toml:3:1"
};

struct Node {
  // Out of line: a Node holds Nodes, which must be complete where these are made.
  Node();
  ~Node();
  Node(const Node&);
  Node(Node&&) noexcept;
  Node& operator=(const Node&);
  Node& operator=(Node&&) noexcept;

  enum class Type { Bool, Int, String, List, Table };
  Type type = Type::Table;
  bool boolean = false;
  int64_t integer = 0;
  std::string string;
  std::vector<Node> list;
  std::vector<std::pair<std::string, Node>> table;  // in file order
  Position at;

  // A dotted path below this table; nullptr when absent.
  const Node* find(std::string_view path) const;
  Node* child(std::string_view key);
  const Node* child(std::string_view key) const;
  // The value or a fallback, when absent or of another type.
  std::string stringAt(std::string_view path, std::string fallback = {}) const;
  int64_t intAt(std::string_view path, int64_t fallback = 0) const;
  bool boolAt(std::string_view path, bool fallback = false) const;
  std::vector<std::string> listAt(std::string_view path) const;
};

// Parses one TOML file. The error text begins with file:line:column.
ph::Result<Node> parseToml(const std::string& path);
ph::Result<Node> parseToml(std::string_view text, const std::string& name);

// "30s", "5m", "1h30m", "250ms", "2d" -> milliseconds. "10MB", "4KiB", "1GB", "512" -> bytes (powers of 1024).
bool parseDuration(std::string_view text, int64_t* ms);
bool parseSize(std::string_view text, uint64_t* bytes);

}  // namespace posthouse::config
