// posthouse dns lookup: asks as the server would, and shows what it learns.
#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>

#include <cstdio>
#include <future>
#include <iostream>

#include "app/command.hpp"
#include "app/dns_settings.hpp"
#include "app/flags.hpp"
#include "app/offline.hpp"
#include "dns/resolver.hpp"
#include "jobs/pool.hpp"
#include "jobs/timers.hpp"
#include "ph/address/domain.hpp"
#include "ph/text/utf8.hpp"

namespace posthouse::app {
namespace {

struct Looked {
  dns::Answer answer;
  uint32_t ttl = 0;
};

// Typed by a person: U-labels and a final dot are welcome. What is no host name may still be a name of the DNS.
std::string nameFrom(std::string typed) {
  if (typed.size() > 1 && typed.back() == '.') typed.pop_back();
  return ph::address::normaliseDnsName(typed).valueOr(typed);
}

// --resolver, else what --config or a configuration in one of its places says, else the system's.
ph::Result<dns::Settings> settings(const Flags& flags) {
  if (flags.has("resolver")) return offlineDns(flags.get("resolver"), nullptr);
  const auto config = findConfig(flags);
  if (!config && !flags.has("config") && config.error().kind == ph::Kind::NotFound) return offlineDns({}, nullptr);
  return config ? offlineDns({}, &*config) : ph::Result<dns::Settings>(config.error());
}

ph::Result<Looked> ask(dns::Settings settings, const std::string& name, dns::Type type) {
  net::Engine engine(1, 2);
  jobs::Timers timers;
  jobs::Pool pool("dns", 1, 16);
  const auto promise = std::make_shared<std::promise<Looked>>();
  dns::Resolver resolver(engine, timers, pool, std::move(settings));
  const auto s = resolver.query(name, type, {}, nullptr, [promise](const dns::Answer& a, uint32_t ttl) {
    promise->set_value({a, ttl});
  });
  if (!s) return s.error();
  return promise->get_future().get();
}

std::string hex(std::string_view octets) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const char c : octets) {
    out += kDigits[static_cast<unsigned char>(c) >> 4];
    out += kDigits[c & 15];
  }
  return out;
}

// Octets that no terminal should see are \DDD, as in zone files.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x20 || octet > 0x7e) {
      char escape[5];
      std::snprintf(escape, sizeof escape, "\\%03u", octet);
      out += escape;
    } else {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
  }
  return out + "\"";
}

// In the form of zone files, RFC 1035 5.1.
std::string shown(const dns::Record& r) {
  const std::string preference = std::to_string(r.preference);
  switch (r.type) {
    case dns::Type::Mx:
      return preference + " " + r.value;
    case dns::Type::Srv:
      return preference + " " + std::to_string(r.weight) + " " + std::to_string(r.port) + " " + r.value;
    case dns::Type::Txt:
      return quoted(r.value);
    case dns::Type::Tlsa:
      return std::to_string(static_cast<unsigned char>(r.value[0])) + " " +
             std::to_string(static_cast<unsigned char>(r.value[1])) + " " +
             std::to_string(static_cast<unsigned char>(r.value[2])) + " " + hex(std::string_view(r.value).substr(3));
    case dns::Type::Caa: {
      const size_t at = r.value.find('=');
      return preference + " " + r.value.substr(0, at) + " " + quoted(std::string_view(r.value).substr(at + 1));
    }
    default:
      return r.value;
  }
}

void printText(const Looked& l, dns::Type type) {
  for (const auto& r : l.answer.records) {
    std::cout << l.answer.name << " " << l.ttl << " " << dns::nameOf(type) << " " << shown(r) << "\n";
  }
  std::cout << "; " << dns::nameOf(l.answer.outcome) << ", " << dns::nameOf(l.answer.security) << ", name "
            << l.answer.name << ", ttl " << l.ttl << "\n";
  if (!l.answer.text.empty()) std::cout << "; " << l.answer.text << "\n";
}

void printJson(const Looked& l, const std::string& name, dns::Type type) {
  Poco::JSON::Array records;
  for (const auto& r : l.answer.records) {
    Poco::JSON::Object o;
    const bool text = r.type != dns::Type::Tlsa && ph::text::isUtf8(r.value);
    o.set(text ? "value" : "hex", text ? r.value : hex(r.value));
    if (r.type == dns::Type::Mx || r.type == dns::Type::Srv) o.set("preference", r.preference);
    if (r.type == dns::Type::Caa) o.set("flags", r.preference);
    if (r.type == dns::Type::Srv) {
      o.set("weight", r.weight);
      o.set("port", r.port);
    }
    records.add(o);
  }
  Poco::JSON::Object out;
  out.set("question", name);
  out.set("type", dns::nameOf(type));
  out.set("outcome", dns::nameOf(l.answer.outcome));
  out.set("security", dns::nameOf(l.answer.security));
  out.set("name", l.answer.name);
  out.set("ttl", l.ttl);
  out.set("text", l.answer.text);
  out.set("records", records);
  out.stringify(std::cout);
  std::cout << "\n";
}

int run(const std::vector<std::string>& args) {
  const auto flags = parseFlags(args, {{"resolver", true}, {"json", false}, {"config", true}});
  if (!flags || flags->words.size() != 2) {
    if (!flags) std::cerr << "posthouse: " << flags.error().text << "\n";
    return kUsage;
  }
  const auto type = dns::typeOf(std::string_view(flags->words[0]));
  if (!type) {
    std::cerr << "posthouse: the type '" << flags->words[0] << "' is none of";
    for (const auto t : dns::kAllTypes) std::cerr << " " << dns::nameOf(t);
    std::cerr << "\n";
    return kUsage;
  }
  auto whom = settings(*flags);
  if (!whom) return failed(whom.error());
  const std::string name = nameFrom(flags->words[1]);
  const auto looked = ask(std::move(*whom), name, *type);
  if (!looked) return failed({looked.error().kind, "'" + flags->words[1] + "': " + looked.error().text});
  if (flags->has("json")) {
    printJson(*looked, name, *type);
  } else {
    printText(*looked, *type);
  }
  return looked->answer.outcome == dns::Outcome::Found       ? kOk
         : looked->answer.outcome == dns::Outcome::Temporary ? kNotNow
                                                             : kFailed;
}

}  // namespace

const Command kDnsLookup = {
    "dns lookup", "TYPE NAME [--resolver HOST:PORT] [--json] [--config FILE]",
    "Asks the domain name system as the server does. Ends with 0: found, 1: nothing there, 3: no "
    "answer now.",
    run};

}  // namespace posthouse::app
