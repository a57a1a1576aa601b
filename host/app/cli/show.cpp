#include "app/cli/show.hpp"

#include <algorithm>
#include <ctime>

#include "ph/charset/convert.hpp"

namespace posthouse::app::cli {
namespace {

using admin::Param;
using json::Value;

std::string printable(std::string_view text, bool lines) {
  std::string out;
  for (const char c : ph::charset::sanitizeUtf8(text)) {
    const bool keep = static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
    out += keep || (lines && (c == '\n' || c == '\t')) ? c : '?';
  }
  return out;
}

// One cell.
std::string cell(const Value& v, Param::Type type) {
  switch (v.type()) {
    case Value::Type::Null:
      return "-";
    case Value::Type::Bool:
      return v.boolean() ? "yes" : "no";
    case Value::Type::Int:
      if (type != Param::Type::Time) return std::to_string(v.integer());
      return v.integer() == 0 ? "-" : timeText(v.integer());
    case Value::Type::String:
      return v.string().empty() ? "-" : printable(v.string(), false);
    case Value::Type::List: {
      std::string out;
      for (const auto& item : v.items()) out += (out.empty() ? "" : ", ") + cell(item, Param::Type::Any);
      return out.empty() ? "-" : out;
    }
    case Value::Type::Object: {
      std::string out;
      for (const auto& [key, value] : v.members()) {
        if (value.type() == Value::Type::String && value.string().empty()) continue;
        out += (out.empty() ? "" : " ") + printable(key, false) + "=" + cell(value, Param::Type::Any);
      }
      return out;
    }
  }
  return {};
}

// Columns, as wide as people see them: characters, not bytes.
size_t width(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string table(const std::vector<admin::Field>& fields, const Value& items) {
  std::vector<std::vector<std::string>> rows(1);
  for (const auto& f : fields) rows[0].push_back(f.name);
  for (const auto& item : items.items()) {
    auto& row = rows.emplace_back();
    for (const auto& f : fields) row.push_back(cell(item[f.name], f.type));
  }
  std::vector<size_t> widths(fields.size());
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  std::string out;
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      out += row[i];
      if (i + 1 < row.size()) out.append(widths[i] - width(row[i]) + 2, ' ');
    }
    out += "\n";
  }
  return out;
}

}  // namespace

std::string timeText(int64_t seconds) {
  const auto t = static_cast<time_t>(seconds);
  tm utc{};
  char out[32];
  if (!gmtime_r(&t, &utc) || std::strftime(out, sizeof out, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0) return "?";
  return out;
}

namespace {

// Of an answer that nobody described: the names of its members.
std::vector<std::string> namesOf(const admin::Shape& shape, const Value& answer) {
  std::vector<std::string> names;
  const auto add = [&](const Value& object) {
    for (const auto& [key, value] : object.members()) {
      if (std::find(names.begin(), names.end(), key) == names.end()) names.push_back(key);
    }
  };
  if (shape.kind == admin::Shape::Kind::One) add(answer);
  for (const auto& item : answer["items"].items()) {
    if (shape.kind == admin::Shape::Kind::Many) add(item);
  }
  return names;
}

}  // namespace

std::string show(const admin::Shape& shape, const Value& answer) {
  const auto names = shape.fields.empty() ? namesOf(shape, answer) : std::vector<std::string>();
  if (!names.empty()) {
    admin::Shape found{shape.kind, {}};
    for (const auto& name : names) found.fields.push_back({name.c_str(), Param::Type::Any, ""});
    return show(found, answer);
  }
  if (shape.kind == admin::Shape::Kind::Many) return table(shape.fields, answer["items"]);
  size_t widest = 0;
  for (const auto& f : shape.fields) {
    if (answer.find(f.name)) widest = std::max(widest, std::string_view(f.name).size());
  }
  std::string out;
  for (const auto& f : shape.fields) {
    const Value* v = answer.find(f.name);
    if (!v) continue;
    const bool objects =
        v->type() == Value::Type::List && !v->items().empty() && v->items()[0].type() == Value::Type::Object;
    const bool lines = v->type() == Value::Type::String && v->string().find('\n') != std::string::npos;
    if (lines) {
      out += std::string(f.name) + ":\n" + printable(v->string(), true);
      if (out.back() != '\n') out += "\n";
    } else if (objects) {
      out += std::string(f.name) + "\n";
      for (const auto& item : v->items()) out += "  " + cell(item, Param::Type::Any) + "\n";
    } else {
      out += f.name + std::string(widest - std::string_view(f.name).size() + 2, ' ') + cell(*v, f.type) + "\n";
    }
  }
  return out;
}

}  // namespace posthouse::app::cli
