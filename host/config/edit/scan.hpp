// Where everything stands in a TOML text, in bytes: what an edit needs to touch nothing else.
// The text must be valid TOML (the parser has said so); of other texts it finds something, or nothing, but never reads
// beyond the end. Threads: pure function. TOML 1.0.
#pragma once

#include <string_view>
#include <vector>

#include "config/edit/path.hpp"

namespace posthouse::config::edit {

struct Entry {
  Path path;                            // from the root
  size_t begin = 0;                     // of the line; in an inline table: of the key
  size_t key = 0;                       // of the key
  size_t valueBegin = 0, valueEnd = 0;  // of the value alone
  size_t end = 0;                       // behind the line's end; in an inline table: behind the value
  size_t section = 0;                   // number in Scan::sections
  bool inlineMember = false;            // in an inline table
  bool inlineTable = false;             // is one
};

struct Section {
  Path path;                        // of its header; empty: what stands before the first one
  size_t begin = 0, headerEnd = 0;  // the header's line
  size_t end = 0;                   // behind its last entry's line, or the header's
};

struct Scan {
  std::vector<Section> sections;  // in the order of the text; the first one has no header
  std::vector<Entry> entries;
  // How many tables an array of tables has; `path` without the last index.
  int count(const Path& path) const;
};

Scan scan(std::string_view text);

}  // namespace posthouse::config::edit
