// What an IMAP server says, as a tree. Guarantees: any bytes give a tree or an error, nested at most 32 deep; nothing
// that was said is held twice. Threads: pure functions. RFC 9051 4, 9; RFC 3501 9.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ph/result.hpp"

namespace posthouse::transfer {

struct ImapValue {
  enum class Type { Atom, String, Nil, List } type = Type::Atom;
  std::string text;
  std::vector<ImapValue> items;

  bool isList() const { return type == Type::List; }
  // Of a list "(NAME value NAME value)": the value, or nullptr. Names without case.
  const ImapValue* find(std::string_view name) const;
};

// A response without its tag: `line` as it came, each literal's "{123}" still in it and its bytes in `literals`.
// Everything behind a status ("OK", "NO", "BAD", "BYE", "PREAUTH") is left to the caller.
ph::Result<std::vector<ImapValue>> parseImap(std::string_view line, std::vector<std::string> literals);

// The size of the literal that a line ends in; -1: in none.
long long literalAtEnd(std::string_view line);

// As a quoted string, or nothing: it can only be said as a literal.
std::string quotedImap(std::string_view text);

}  // namespace posthouse::transfer
