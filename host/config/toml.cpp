// TOML through toml++, turned into nodes that remember where they stood.
#include <toml++/toml.h>

#include <fstream>
#include <sstream>

#include "config/node.hpp"

namespace posthouse::config {
namespace {

bool convert(const toml::node& in, const std::string& file, Node* out, std::string* error) {
  out->at = {file, in.source().begin.line, in.source().begin.column};
  if (const auto* t = in.as_table()) {
    out->type = Node::Type::Table;
    for (const auto& [key, value] : *t) {
      Node child;
      if (!convert(value, file, &child, error)) return false;
      // For a table without a header of its own toml++ knows no place: the key's is where people look.
      child.at = {file, key.source().begin.line, key.source().begin.column};
      out->table.emplace_back(std::string(key.str()), std::move(child));
    }
    return true;
  }
  if (const auto* a = in.as_array()) {
    out->type = Node::Type::List;
    for (const auto& value : *a) {
      if (!convert(value, file, &out->list.emplace_back(), error)) return false;
    }
    return true;
  }
  if (const auto* s = in.as_string()) {
    out->type = Node::Type::String;
    out->string = s->get();
  } else if (const auto* i = in.as_integer()) {
    out->type = Node::Type::Int;
    out->integer = i->get();
  } else if (const auto* b = in.as_boolean()) {
    out->type = Node::Type::Bool;
    out->boolean = b->get();
  } else {
    *error = out->at.text() + ": only strings, whole numbers, true and false are used here";
    return false;
  }
  return true;
}

}  // namespace

ph::Result<Node> parseToml(std::string_view text, const std::string& name) {
  try {
    const toml::table parsed = toml::parse(text, name);
    Node root;
    std::string error;
    if (!convert(parsed, name, &root, &error)) return ph::Error{ph::Kind::Invalid, error};
    root.at = {name, 1, 1};
    return root;
  } catch (const toml::parse_error& e) {
    const Position at{name, e.source().begin.line, e.source().begin.column};
    return ph::Error{ph::Kind::Invalid, at.text() + ": " + std::string(e.description())};
  }
}

ph::Result<Node> parseToml(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return ph::Error{ph::Kind::NotFound, path + ": cannot be opened"};
  std::ostringstream text;
  text << in.rdbuf();
  return parseToml(text.str(), path);
}

}  // namespace posthouse::config
