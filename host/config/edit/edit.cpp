#include "config/edit/edit.hpp"

#include <algorithm>
#include <optional>

#include "config/edit/scan.hpp"

namespace posthouse::config::edit {
namespace {

using json::Value;

const Entry* entryAt(const Scan& s, const Path& path) {
  const auto i = std::find_if(s.entries.begin(), s.entries.end(), [&](const Entry& e) { return e.path == path; });
  return i == s.entries.end() ? nullptr : &*i;
}

// `path` is `other` or holds it. An array without index means all its tables.
bool covers(const Path& path, const Path& other) {
  if (path.size() > other.size()) return false;
  Path begin(other.begin(), other.begin() + static_cast<ptrdiff_t>(path.size()));
  if (path.back().index < 0) begin.back().index = -1;
  return begin == path;
}

class Editor {
 public:
  explicit Editor(std::string_view text) : text_(text), scan_(scan(text)) {
    const size_t line = text.find('\n');
    if (line != std::string_view::npos && line > 0 && text[line - 1] == '\r') newline_ = "\r\n";
  }

  ph::Result<std::string> set(const Path& path, const std::string& value) {
    if (const Entry* e = entryAt(scan_, path)) return replaced(e->valueBegin, e->valueEnd, value);
    if (path.back().index >= 0) return ph::Error{ph::Kind::Invalid, pathText(path) + " is a table: set what it holds"};
    if (auto out = intoInlineTable(path, value)) return std::move(*out);
    if (auto out = intoSection(path, value)) return std::move(*out);
    if (auto out = besideDotted(path, value)) return std::move(*out);
    return intoNewSection(path, value);
  }

  std::string remove(const Path& path) {
    std::string out(text_);
    // From behind, so that places stay true.
    std::vector<std::pair<size_t, size_t>> cuts;
    for (const auto& e : scan_.entries) {
      if (covers(path, e.path) && !inside(path, e)) cuts.push_back(cutOf(e));
    }
    for (const auto& s : scan_.sections) {
      if (!s.path.empty() && covers(path, s.path)) cuts.emplace_back(s.begin, s.end);
    }
    std::sort(cuts.begin(), cuts.end());
    size_t from = std::string::npos;
    for (auto i = cuts.rbegin(); i != cuts.rend(); ++i) {
      if (i->second > from) continue;  // within another one
      out.erase(i->first, i->second - i->first);
      from = i->first;
    }
    return out;
  }

 private:
  std::string replaced(size_t begin, size_t end, const std::string& with) const {
    return std::string(text_.substr(0, begin)) + with + std::string(text_.substr(end));
  }

  // A whole line behind `at`, which is the end of a line or of the text.
  std::string withLine(size_t at, const std::string& line) const {
    const bool open = at > 0 && text_[at - 1] != '\n' && at == text_.size();
    return replaced(at, at, (open ? newline_ : "") + line + newline_);
  }

  // Goes with a section or an inline table that goes as a whole.
  bool inside(const Path& path, const Entry& e) const {
    if (!scan_.sections[e.section].path.empty() && covers(path, scan_.sections[e.section].path)) return true;
    return e.inlineMember && std::any_of(scan_.entries.begin(), scan_.entries.end(), [&](const Entry& outer) {
             return outer.inlineTable && outer.valueBegin < e.begin && e.end < outer.valueEnd &&
                    covers(path, outer.path);
           });
  }

  std::pair<size_t, size_t> cutOf(const Entry& e) const {
    if (!e.inlineMember) return {e.begin, e.end};
    // With one comma: the one behind, or for the last one that before.
    const size_t next = text_.find_first_not_of(" \t\r\n", e.end);
    if (next != std::string_view::npos && text_[next] == ',')
      return {e.begin, std::min(text_.find_first_not_of(" \t", next + 1), text_.size())};
    const size_t before = text_.find_last_not_of(" \t\r\n", e.begin - 1);
    return {before != std::string_view::npos && text_[before] == ',' ? before : e.begin, e.end};
  }

  std::optional<std::string> intoInlineTable(const Path& path, const std::string& value) const {
    const Entry* best = nullptr;
    for (const auto& e : scan_.entries) {
      if (e.inlineTable && isPrefix(e.path, path) && (!best || e.path.size() > best->path.size())) best = &e;
    }
    if (!best) return std::nullopt;
    const std::string member = dottedKey(path, best->path.size()) + " = " + value;
    const size_t last = text_.find_last_not_of(" \t", best->valueEnd - 2);
    if (text_[last] == '{') return replaced(last + 1, best->valueEnd - 1, " " + member + " ");
    return replaced(last + 1, last + 1, ", " + member);
  }

  // Behind the last entry, indented as that.
  std::string appended(const Section& s, const std::string& line) const {
    std::string indent;
    for (const auto& e : scan_.entries) {
      if (&scan_.sections[e.section] == &s && !e.inlineMember)
        indent = std::string(text_.substr(e.begin, e.key - e.begin));
    }
    return withLine(s.end, indent + line);
  }

  std::optional<std::string> intoSection(const Path& path, const std::string& value) const {
    const Path parent(path.begin(), path.end() - 1);
    for (const auto& s : scan_.sections) {
      if (s.path == parent) return appended(s, keyText(path.back().key) + " = " + value);
    }
    return std::nullopt;
  }

  // A table that dotted keys have made can't get a header: another dotted key goes beside them.
  std::optional<std::string> besideDotted(const Path& path, const std::string& value) const {
    const Entry* best = nullptr;
    size_t shared = 0;
    for (const auto& e : scan_.entries) {
      const size_t header = scan_.sections[e.section].path.size();
      if (e.inlineMember || e.path.size() <= header + 1) continue;
      size_t n = 0;
      while (n + 1 < e.path.size() && n + 1 < path.size() && e.path[n] == path[n]) ++n;
      if (n > header && n >= shared) {
        shared = n;
        best = &e;
      }
    }
    if (!best) return std::nullopt;
    const std::string indent(text_.substr(best->begin, best->key - best->begin));
    return withLine(best->end, indent + dottedKey(path, scan_.sections[best->section].path.size()) + " = " + value);
  }

  ph::Result<std::string> intoNewSection(const Path& path, const std::string& value) const {
    const Path parent(path.begin(), path.end() - 1);
    bool array = false;
    size_t at = text_.size();
    for (size_t i = 0; i < parent.size(); ++i) {
      if (parent[i].index < 0) continue;
      const Path upTo(parent.begin(), parent.begin() + static_cast<ptrdiff_t>(i) + 1);
      Path name = upTo;
      name.back().index = -1;
      const int count = scan_.count(name);
      if (parent[i].index > count || (parent[i].index == count && i + 1 != parent.size()) || entryAt(scan_, name))
        return ph::Error{ph::Kind::NotFound, "there is no " + pathText(upTo)};
      array = parent[i].index == count;
      if (array) break;
      // A table below one of an array stands before the next one begins.
      for (const auto& s : scan_.sections) {
        if (isPrefix(upTo, s.path)) at = s.end;
      }
    }
    const std::string header = dottedKey(parent, 0);
    const std::string gap = at > 0 && at == text_.size() && text_[at - 1] != '\n' ? newline_ : "";
    return replaced(at, at,
                    gap + (at > 0 ? newline_ : "") + (array ? "[[" : "[") + header + (array ? "]]" : "]") + newline_ +
                        keyText(path.back().key) + " = " + value + newline_);
  }

  std::string_view text_;
  const Scan scan_;
  std::string newline_ = "\n";
};

// Tables without content say nothing that an edit may not change with their last member.
void prune(Value* v) {
  if (v->type() == Value::Type::List) {
    Value out = Value::list();
    for (auto item : v->items()) {
      prune(&item);
      out.add(std::move(item));
    }
    *v = std::move(out);
  } else if (v->type() == Value::Type::Object) {
    std::vector<std::pair<std::string, Value>> members;
    for (const auto& [key, item] : v->members()) {
      Value copy = item;
      prune(&copy);
      if (copy.type() != Value::Type::Object || !copy.members().empty()) members.emplace_back(key, std::move(copy));
    }
    std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    *v = Value::object();
    for (auto& [key, item] : members) v->set(key, std::move(item));
  }
}

// The change in the content; nullptr removes.
Value changed(const Value& whole, const Path& path, size_t depth, const Value* value) {
  if (depth == path.size()) return *value;
  const Step& step = path[depth];
  const bool last = depth + 1 == path.size();
  Value out = whole.type() == Value::Type::Object ? whole : Value::object();
  const Value below = out[step.key];
  if (step.index < 0) {
    if (last && !value) {
      out.remove(step.key);
    } else {
      out.set(step.key, changed(below, path, depth + 1, value));
    }
    return out;
  }
  Value list = Value::list();
  const auto index = static_cast<size_t>(step.index);
  for (size_t i = 0; i < std::max(below.items().size(), index + 1); ++i) {
    const Value item = i < below.items().size() ? below.items()[i] : Value::object();
    if (i != index) {
      list.add(item);
    } else if (!last || value) {
      list.add(changed(item, path, depth + 1, value));
    }
  }
  return list.items().empty() ? (out.remove(step.key), out) : out.set(step.key, std::move(list));
}

ph::Status compare(const Node& before, const std::string& text, const Path& path, const Value* value) {
  const auto after = parseToml(text, "edited");
  if (!after)
    return ph::Error{ph::Kind::Bug, "the edit of " + pathText(path) + " would break the file: " + after.error().text};
  Value wanted = changed(toJson(before), path, 0, value);
  Value got = toJson(*after);
  prune(&wanted);
  prune(&got);
  // Without this an empty table could go anywhere.
  const bool there = !value || find(*after, path);
  if (there && wanted == got) return {};
  return ph::Error{ph::Kind::Bug, "the edit of " + pathText(path) + " would change something else"};
}

}  // namespace

ph::Result<std::string> set(std::string_view text, const Path& path, const Value& value) {
  if (path.empty()) return ph::Error{ph::Kind::Invalid, "the path is empty"};
  const auto before = parseToml(text, "");
  if (!before) return before.error();
  const auto rendered = toToml(value);
  if (!rendered) return rendered.error();
  if (const Node* there = find(*before, path); there && there->type == Node::Type::Table && !entryAt(scan(text), path))
    return ph::Error{ph::Kind::Invalid, pathText(path) + " is a table: set what it holds"};
  auto out = Editor(text).set(path, *rendered);
  if (!out) return out;
  if (auto s = compare(*before, *out, path, &value); !s) return s.error();
  return out;
}

ph::Result<std::string> remove(std::string_view text, const Path& path) {
  const auto before = parseToml(text, "");
  if (!before) return before.error();
  if (path.empty() || !find(*before, path)) return ph::Error{ph::Kind::NotFound, "there is no " + pathText(path)};
  std::string out = Editor(text).remove(path);
  if (auto s = compare(*before, out, path, nullptr); !s) return s.error();
  return out;
}

}  // namespace posthouse::config::edit
