#include "config/node.hpp"

#include <charconv>
#include <limits>

namespace posthouse::config {

Node::Node() = default;
Node::~Node() = default;
Node::Node(const Node&) = default;
Node::Node(Node&&) noexcept = default;
Node& Node::operator=(const Node&) = default;
Node& Node::operator=(Node&&) noexcept = default;

std::string Position::text() const {
  return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

const Node* Node::child(std::string_view key) const {
  if (type != Type::Table) return nullptr;
  for (const auto& [name, node] : table) {
    if (name == key) return &node;
  }
  return nullptr;
}

Node* Node::child(std::string_view key) {
  return const_cast<Node*>(static_cast<const Node*>(this)->child(key));
}

const Node* Node::find(std::string_view path) const {
  const Node* n = this;
  while (n && !path.empty()) {
    const size_t dot = path.find('.');
    n = n->child(path.substr(0, dot));
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return n;
}

std::string Node::stringAt(std::string_view path, std::string fallback) const {
  const Node* n = find(path);
  if (n && n->type == Type::String) return n->string;
  return fallback;
}

int64_t Node::intAt(std::string_view path, int64_t fallback) const {
  const Node* n = find(path);
  return n && n->type == Type::Int ? n->integer : fallback;
}

bool Node::boolAt(std::string_view path, bool fallback) const {
  const Node* n = find(path);
  return n && n->type == Type::Bool ? n->boolean : fallback;
}

std::vector<std::string> Node::listAt(std::string_view path) const {
  std::vector<std::string> out;
  const Node* n = find(path);
  if (n && n->type == Type::List) {
    for (const auto& item : n->list) {
      if (item.type == Type::String) out.push_back(item.string);
    }
  }
  return out;
}

namespace {

struct Unit {
  std::string_view name;
  uint64_t factor;
};

bool number(std::string_view& text, uint64_t* out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *out);
  if (error != std::errc() || end == text.data()) return false;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return true;
}

bool scaled(uint64_t n, uint64_t factor, uint64_t* out) {
  if (factor != 0 && n > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()) / factor) return false;
  *out = n * factor;
  return true;
}

}  // namespace

bool parseDuration(std::string_view text, int64_t* ms) {
  static constexpr Unit kUnits[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};
  uint64_t total = 0;
  if (text.empty()) return false;
  while (!text.empty()) {
    uint64_t n = 0;
    if (!number(text, &n)) return false;
    size_t letters = 0;
    while (letters < text.size() && (text[letters] < '0' || text[letters] > '9')) ++letters;
    const std::string_view unit = text.substr(0, letters);
    text.remove_prefix(letters);
    bool known = false;
    for (const auto& u : kUnits) {
      uint64_t part = 0;
      if (u.name != unit) continue;
      if (!scaled(n, u.factor, &part)) return false;
      total += part;
      known = true;
    }
    if (!known || total > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) return false;
  }
  *ms = static_cast<int64_t>(total);
  return true;
}

bool parseSize(std::string_view text, uint64_t* bytes) {
  static constexpr Unit kUnits[] = {{"", 1},
                                    {"B", 1},
                                    {"KB", 1ull << 10},
                                    {"KiB", 1ull << 10},
                                    {"MB", 1ull << 20},
                                    {"MiB", 1ull << 20},
                                    {"GB", 1ull << 30},
                                    {"GiB", 1ull << 30},
                                    {"TB", 1ull << 40},
                                    {"TiB", 1ull << 40}};
  uint64_t n = 0;
  if (!number(text, &n)) return false;
  for (const auto& u : kUnits) {
    if (u.name == text) return scaled(n, u.factor, bytes);
  }
  return false;
}

}  // namespace posthouse::config
