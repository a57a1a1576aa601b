#include "http/parser/forwarded.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <vector>

#include "ph/text/ascii.hpp"

namespace posthouse::http {
namespace {

using ph::text::equalsNoCase;
using ph::text::trim;

struct Hop {
  std::string ip;  // empty: unknown, or hidden on purpose
  std::optional<bool> secure;
};

constexpr size_t kMaxHops = 32;

// "192.0.2.1", "192.0.2.1:80", "[2001:db8::1]", "[2001:db8::1]:80", and "2001:db8::1" as X-Forwarded-For has it.
std::string addressOf(std::string_view node) {
  std::string text;
  if (!node.empty() && node.front() == '[') {
    text = node.substr(1, node.find(']') - 1);
  } else if (std::count(node.begin(), node.end(), ':') == 1) {
    text = node.substr(0, node.find(':'));
  } else {
    text = node;
  }
  unsigned char address[16];
  char written[INET6_ADDRSTRLEN] = {};  // in the one form that everybody compares
  for (const int family : {AF_INET, AF_INET6}) {
    if (inet_pton(family, text.c_str(), address) == 1 && inet_ntop(family, address, written, sizeof written)) break;
  }
  return written;
}

std::optional<bool> secureOf(std::string_view scheme) {
  if (equalsNoCase(scheme, "https")) return true;
  if (equalsNoCase(scheme, "http")) return false;
  return std::nullopt;
}

// RFC 7239 4: parts of `text` between separators that are not within quotes. False: a quote is not closed.
bool split(std::string_view text, char separator, std::vector<std::string_view>* out) {
  bool quoted = false;
  size_t from = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (quoted && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (text[i] == separator && !quoted) {
      out->push_back(trim(text.substr(from, i - from)));
      from = i + 1;
    }
  }
  out->push_back(trim(text.substr(from)));
  return !quoted;
}

std::string unquoted(std::string_view value) {
  if (value.size() < 2 || value.front() != '"') return std::string(value);
  std::string out;
  for (size_t i = 1; i + 1 < value.size(); ++i) {
    if (value[i] == '\\' && i + 2 < value.size()) ++i;
    out += value[i];
  }
  return out;
}

// Of one field line, in its order. What can't be read is a hop that is not known.
void forwardedHops(std::string_view line, std::vector<Hop>* out) {
  std::vector<std::string_view> elements;
  if (!split(line, ',', &elements)) {
    out->push_back({});
    return;
  }
  for (const auto element : elements) {
    Hop hop;
    std::vector<std::string_view> pairs;
    split(element, ';', &pairs);
    for (const auto pair : pairs) {
      const size_t equals = pair.find('=');
      if (equals == pair.npos) continue;
      const std::string value = unquoted(trim(pair.substr(equals + 1)));
      const std::string_view name = trim(pair.substr(0, equals));
      if (equalsNoCase(name, "for")) hop.ip = addressOf(value);
      if (equalsNoCase(name, "proto")) hop.secure = secureOf(value);
    }
    out->push_back(std::move(hop));
  }
}

std::vector<Hop> hopsOf(const Fields& fields, ForwardedBy by) {
  std::vector<Hop> out;
  if (by == ForwardedBy::Forwarded) {
    for (size_t i = 0; const auto line = fields.get("forwarded", i); ++i) forwardedHops(*line, &out);
  } else if (by == ForwardedBy::XForwardedFor) {
    for (size_t i = 0; const auto line = fields.get("x-forwarded-for", i); ++i) {
      std::vector<std::string_view> names;
      split(*line, ',', &names);
      for (const auto n : names) out.push_back({addressOf(n), {}});
    }
    // It has one value for the whole way.
    const auto proto = fields.get("x-forwarded-proto");
    for (auto& hop : out) hop.secure = proto ? secureOf(trim(proto->substr(proto->rfind(',') + 1))) : std::nullopt;
  }
  return out;
}

}  // namespace

Origin originOf(const Fields& fields, ForwardedBy by, const std::function<bool(const std::string& ip)>& trusted) {
  const auto hops = hopsOf(fields, by);
  Origin out;
  size_t seen = 0;
  for (auto hop = hops.rbegin(); hop != hops.rend() && ++seen <= kMaxHops; ++hop) {
    if (hop->ip.empty()) break;
    out = {hop->ip, hop->secure};
    if (!trusted(hop->ip)) break;
  }
  return out;
}

}  // namespace posthouse::http
