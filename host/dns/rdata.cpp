#include "dns/rdata.hpp"

#include <arpa/inet.h>

#include "dns/name.hpp"

namespace posthouse::dns {
namespace {

uint16_t number(std::string_view octets, size_t at) {
  return static_cast<uint16_t>(static_cast<unsigned char>(octets[at]) << 8 |
                               static_cast<unsigned char>(octets[at + 1]));
}

bool readName(std::string_view rdata, size_t from, std::string* out) {
  if (rdata.size() <= from) return false;
  auto name = textName(rdata.substr(from));
  if (name) *out = std::move(*name);
  return name.has_value();
}

bool readAddress(int family, size_t size, std::string_view rdata, std::string* out) {
  char text[INET6_ADDRSTRLEN];
  if (rdata.size() != size || !inet_ntop(family, rdata.data(), text, sizeof text)) return false;
  *out = text;
  return true;
}

bool joinStrings(std::string_view rdata, std::string* out) {
  if (rdata.empty()) return false;
  while (!rdata.empty()) {
    const auto size = static_cast<unsigned char>(rdata[0]);
    if (size >= rdata.size()) return false;
    out->append(rdata.substr(1, size));
    rdata.remove_prefix(1 + size);
  }
  return true;
}

bool readCaa(std::string_view rdata, Record* out) {
  if (rdata.size() < 2) return false;
  const auto size = static_cast<unsigned char>(rdata[1]);
  if (size == 0 || rdata.size() < 2u + size) return false;
  const std::string_view tag = rdata.substr(2, size);
  for (const char c : tag) {
    const bool alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!alnum) return false;
  }
  out->preference = static_cast<unsigned char>(rdata[0]);
  out->value = std::string(tag) + "=" + std::string(rdata.substr(2 + size));
  return true;
}

bool readInto(std::string_view rdata, Record* r) {
  switch (r->type) {
    case Type::A:
      return readAddress(AF_INET, 4, rdata, &r->value);
    case Type::Aaaa:
      return readAddress(AF_INET6, 16, rdata, &r->value);
    case Type::Ns:
    case Type::Cname:
    case Type::Ptr:
      return readName(rdata, 0, &r->value);
    case Type::Mx:
      if (rdata.size() < 3) return false;
      r->preference = number(rdata, 0);
      return readName(rdata, 2, &r->value);
    case Type::Srv:
      if (rdata.size() < 7) return false;
      r->preference = number(rdata, 0);
      r->weight = number(rdata, 2);
      r->port = number(rdata, 4);
      return readName(rdata, 6, &r->value);
    case Type::Txt:
      return joinStrings(rdata, &r->value);
    case Type::Tlsa:
      r->value = rdata;
      return rdata.size() > 3;
    case Type::Caa:
      return readCaa(rdata, r);
  }
  return false;
}

}  // namespace

std::optional<Record> readRdata(Type type, std::string_view rdata) {
  Record r;
  r.type = type;
  return readInto(rdata, &r) ? std::optional(std::move(r)) : std::nullopt;
}

}  // namespace posthouse::dns
