// Messages written by hand, for tests that say every octet.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dns/name.hpp"
#include "dns/wire.hpp"

namespace posthouse::dns::test {

inline std::string number(unsigned n) {
  return {static_cast<char>(n >> 8), static_cast<char>(n & 255)};
}
inline std::string number32(uint32_t n) {
  return number(n >> 16) + number(n & 0xffff);
}
inline std::string name(std::string_view text) {
  return *wireName(text);
}

inline std::string record(std::string_view owner, unsigned type, uint32_t ttl, const std::string& rdata,
                          unsigned cls = 1) {
  return name(owner) + number(type) + number(cls) + number32(ttl) + number(static_cast<unsigned>(rdata.size())) + rdata;
}
inline std::string record(std::string_view owner, Type type, uint32_t ttl, const std::string& rdata) {
  return record(owner, static_cast<unsigned>(type), ttl, rdata);
}
inline std::string soa(std::string_view owner, uint32_t ttl, uint32_t minimum) {
  return record(owner, 6, ttl,
                name(owner) + name(owner) + number32(1) + number32(2) + number32(3) + number32(4) + number32(minimum));
}
// An OPT record with one extended error, RFC 8914 2.
inline std::string opt(unsigned error, std::string_view text, unsigned highRcode = 0) {
  const std::string data = number(error) + std::string(text);
  const std::string option = number(15) + number(static_cast<unsigned>(data.size())) + data;
  return record(".", 41, highRcode << 24, option, 1232);
}

struct Parts {
  std::string answers = {}, authority = {}, additional = {};
  unsigned counts[3] = {0, 0, 0};
  unsigned rcode = 0;
  bool ad = false, ra = true, tc = false;

  Parts& answer(const std::string& r) { return add(&answers, 0, r); }
  Parts& server(const std::string& r) { return add(&authority, 1, r); }
  Parts& more(const std::string& r) { return add(&additional, 2, r); }

 private:
  Parts& add(std::string* to, int which, const std::string& r) {
    *to += r;
    ++counts[which];
    return *this;
  }
};

// The reply to `query`: its id and its question, as they came.
inline std::string reply(std::string_view query, const Parts& p) {
  const size_t end = query.find('\0', 12) + 5;
  const unsigned flags = 0x8100u | (p.tc ? 0x200u : 0) | (p.ra ? 0x80u : 0) | (p.ad ? 0x20u : 0) | p.rcode;
  return std::string(query.substr(0, 2)) + number(flags) + number(1) + number(p.counts[0]) + number(p.counts[1]) +
         number(p.counts[2]) + std::string(query.substr(12, end - 12)) + p.answers + p.authority + p.additional;
}

}  // namespace posthouse::dns::test
