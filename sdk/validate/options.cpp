#include "validate/options.hpp"

#include <charconv>
#include <map>
#include <optional>
#include <string_view>

namespace ph::validate {

namespace {

// "1h30m", "512KB": numbers, each with a unit. A bare number has the unit "".
std::optional<int64_t> measured(std::string_view text, const std::map<std::string_view, int64_t>& units) {
  if (text.empty()) return std::nullopt;
  int64_t sum = 0;
  while (!text.empty()) {
    int64_t n = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (error != std::errc() || n < 0) return std::nullopt;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    const std::string_view unit = text.substr(0, text.find_first_of("0123456789"));
    const auto found = units.find(unit);
    int64_t product = 0;
    if (found == units.end() || __builtin_mul_overflow(n, found->second, &product) ||
        __builtin_add_overflow(sum, product, &sum)) {
      return std::nullopt;
    }
    text.remove_prefix(unit.size());
  }
  return sum;
}

const std::map<std::string_view, int64_t> kDurations = {{"ms", 1},        {"s", 1000},       {"m", 60'000},
                                                        {"h", 3'600'000}, {"d", 86'400'000}, {"w", 604'800'000}};
constexpr int64_t kKiB = 1024;
const std::map<std::string_view, int64_t> kSizes = {{"", 1},
                                                    {"B", 1},
                                                    {"KB", kKiB},
                                                    {"KiB", kKiB},
                                                    {"MB", kKiB* kKiB},
                                                    {"MiB", kKiB* kKiB},
                                                    {"GB", kKiB* kKiB* kKiB},
                                                    {"GiB", kKiB* kKiB* kKiB},
                                                    {"TB", kKiB* kKiB* kKiB* kKiB}};

bool put(const Json& rule, const Json& value, const std::string& path, testkit::FakeHost& host) {
  const std::string type = rule.text("type"), format = rule.text("format");
  if (type == "boolean") {
    host.switches[path] = value.boolean;
    return value.type == Json::Type::Bool;
  }
  if (type == "integer") {
    host.numbers[path] = value.integer;
    return value.type == Json::Type::Integer;
  }
  if (type == "array") {
    auto& list = host.lists[path];
    list.clear();
    for (const auto& item : value.list) list.push_back(item.string);
    return value.type == Json::Type::List;
  }
  if (type != "string" || value.type != Json::Type::String) return false;
  host.strings[path] = value.string;
  if (format != "duration" && format != "size") return true;
  const auto n = measured(value.string, format == "size" ? kSizes : kDurations);
  if (!n) return false;
  if (format == "size") {
    host.sizes[path] = static_cast<uint64_t>(*n);
  } else {
    host.numbers[path] = *n;
  }
  return true;
}

// What was written on the command line, as the rule's type.
Json typed(const Json& rule, const std::string& text) {
  const std::string type = rule.text("type");
  Json v;
  if (type == "string") {
    v.type = Json::Type::String;
    v.string = text;
    return v;
  }
  auto parsed = parseJson(text);
  return parsed ? *parsed : v;
}

Status apply(const Json& schema, const std::string& prefix, Settings& settings, testkit::FakeHost& host) {
  const Json* properties = schema.find("properties");
  if (!properties) return {};
  for (const auto& [name, rule] : properties->members) {
    const std::string path = prefix + name;
    if (rule.text("type") == "object") {
      if (auto s = apply(rule, path + ".", settings, host); !s) return s;
      continue;
    }
    if (const Json* value = rule.find("default"); value && !put(rule, *value, path, host)) {
      return Error{Kind::Invalid, path + ": the default is not of its type"};
    }
    for (auto i = settings.begin(); i != settings.end();) {
      if (i->first != path) {
        ++i;
        continue;
      }
      if (!put(rule, typed(rule, i->second), path, host)) return Error{Kind::Invalid, path + ": not of its type"};
      i = settings.erase(i);
    }
  }
  return {};
}

}  // namespace

Status applyOptions(const Json& schema, const Settings& settings, testkit::FakeHost& host) {
  Settings rest = settings;
  if (auto s = apply(schema, "", rest, host); !s) return s;
  if (!rest.empty()) return Error{Kind::Invalid, rest.front().first + ": no such option"};
  return {};
}

}  // namespace ph::validate
