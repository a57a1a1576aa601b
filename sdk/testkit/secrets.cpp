#include "testkit/secrets.hpp"

#include <algorithm>

#include "ph/text.hpp"

namespace ph::testkit {
namespace {

bool isName(ph_str name) {
  constexpr std::string_view kFirst = "abcdefghijklmnopqrstuvwxyz0123456789";
  const std::string_view n = view(name);
  return !n.empty() && n.size() <= 64 && kFirst.find(n[0]) != n.npos && std::all_of(n.begin(), n.end(), [&](char c) {
    return kFirst.find(c) != kFirst.npos || c == '-' || c == '_' || c == '.';
  });
}

ph_status give(const std::string& value, ph_sink sink) {
  return sink.write(sink.ctx, value.data(), value.size());
}

}  // namespace

Secrets& Secrets::of(const ph_host* host) {
  return *const_cast<Secrets*>(static_cast<const Secrets*>(host->get(host, kId)));
}

Secrets::Secrets() : table_(sized<ph_secrets>()) {
  table_.get = [](const ph_host* h, ph_str name, ph_sink sink) -> ph_status {
    Secrets& s = of(h);
    if (s.fails != PH_OK) return s.fails;
    if (s.before && s.before() != PH_OK) return PH_E_TEMPORARY;
    if (!isName(name)) return PH_E_INVALID;
    const auto found = s.values.find(std::string(view(name)));
    return found == s.values.end() ? PH_E_NOT_FOUND : give(found->second, sink);
  };
  table_.set = [](const ph_host* h, ph_str name, ph_str value) -> ph_status {
    Secrets& s = of(h);
    if (s.fails != PH_OK) return s.fails;
    if (s.before && s.before() != PH_OK) return PH_E_TEMPORARY;
    if (!isName(name)) return PH_E_INVALID;
    if (value.len > 64 * 1024) return PH_E_LIMIT;
    s.values[std::string(view(name))] = view(value);
    return PH_OK;
  };
  table_.obtain = [](const ph_host* h, ph_str name, size_t size, ph_sink sink) -> ph_status {
    Secrets& s = of(h);
    if (s.fails != PH_OK) return s.fails;
    if (s.before && s.before() != PH_OK) return PH_E_TEMPORARY;
    if (!isName(name) || size < 16 || size > 1024) return PH_E_INVALID;
    return give(s.values.try_emplace(std::string(view(name)), size, 'R').first->second, sink);
  };
  table_.remove = [](const ph_host* h, ph_str name) -> ph_status {
    Secrets& s = of(h);
    if (s.fails != PH_OK) return s.fails;
    if (s.before && s.before() != PH_OK) return PH_E_TEMPORARY;
    if (!isName(name)) return PH_E_INVALID;
    return s.values.erase(std::string(view(name))) > 0 ? PH_OK : PH_E_NOT_FOUND;
  };
  table_.list = [](const ph_host* h, ph_sink sink) -> ph_status {
    Secrets& s = of(h);
    if (s.fails != PH_OK) return s.fails;
    if (s.before && s.before() != PH_OK) return PH_E_TEMPORARY;
    for (const auto& [name, value] : s.values) {
      if (const ph_status done = give(name, sink); done != PH_OK) return done;
    }
    return PH_OK;
  };
}

}  // namespace ph::testkit
