#include "admin/paths.hpp"

#include <algorithm>

#include "admin/arguments.hpp"
#include "ph/text/ascii.hpp"

namespace posthouse::admin {
namespace {

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> out;
  for (size_t at = 1; at <= path.size();) {
    const size_t slash = std::min(path.find('/', at), path.size());
    out.emplace_back(path.substr(at, slash - at));
    at = slash + 1;
  }
  return out;
}

bool isParam(const std::string& segment) {
  return segment.starts_with("{");
}

// RFC 3986 2.1.
bool decode(std::string_view in, std::string* out) {
  for (size_t i = 0; i < in.size(); ++i) {
    if (in[i] != '%') {
      out->push_back(in[i]);
      continue;
    }
    if (i + 2 >= in.size()) return false;
    const int high = ph::text::hexValue(in[i + 1]), low = ph::text::hexValue(in[i + 2]);
    if (high < 0 || low < 0) return false;
    out->push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return true;
}

}  // namespace

Paths::Paths(const std::vector<const Operation*>& operations) {
  for (const auto* o : operations) entries_.push_back({split(o->path), o});
  std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    return std::lexicographical_compare(a.segments.begin(), a.segments.end(), b.segments.begin(), b.segments.end(),
                                        [](const auto& x, const auto& y) { return !isParam(x) && isParam(y); });
  });
}

Paths::Match Paths::find(std::string_view method, std::string_view path) const {
  const auto segments = split(path);
  if (method == "HEAD") method = "GET";
  Match match;
  const std::vector<std::string>* best = nullptr;
  for (const auto& e : entries_) {
    if (!std::equal(e.segments.begin(), e.segments.end(), segments.begin(), segments.end(),
                    [](const auto& t, const auto& s) { return isParam(t) ? !s.empty() : t == s; }))
      continue;
    // What is less specific does not answer for what the best one leaves out.
    const auto sameForm = [](const auto& x, const auto& y) { return isParam(x) == isParam(y); };
    if (best && !std::equal(best->begin(), best->end(), e.segments.begin(), e.segments.end(), sameForm)) break;
    best = &e.segments;
    if (method != methodName(e.operation->method)) {
      match.allow.append(match.allow.empty() ? "" : ", ").append(methodName(e.operation->method));
      continue;
    }
    match = {e.operation, {}, json::Value::object()};
    for (size_t i = 0; i < segments.size(); ++i) {
      if (isParam(e.segments[i])) match.args.set(e.segments[i].substr(1, e.segments[i].size() - 2), segments[i]);
    }
    return match;
  }
  return match;
}

ph::Status addQuery(const Operation& operation, std::string_view query, json::Value* args) {
  while (!query.empty()) {
    const size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const size_t equals = std::min(pair.find('='), pair.size());
    std::string key, value;
    if (!decode(pair.substr(0, equals), &key) || !decode(pair.substr(std::min(equals + 1, pair.size())), &value))
      return ph::Error{ph::Kind::Invalid, "the query is not percent-encoded as it should be"};
    const Param* p = operation.param(key);
    if (!p || operation.inPath(*p)) return ph::Error{ph::Kind::Invalid, "unknown parameter '" + key + "'"};
    // Addresses of requests end up in logs.
    if (p->type == Param::Type::File)
      return ph::Error{ph::Kind::Invalid, "'" + key + "' does not belong into an address"};
    if (p->secret()) return ph::Error{ph::Kind::Invalid, "'" + key + "' does not belong into an address"};
    if (auto s = addText(*p, value, args); !s) return s;
  }
  return {};
}

}  // namespace posthouse::admin
