#include "dns/wire.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <memory>

#include "dns/name.hpp"
#include "dns/rdata.hpp"
#include "ph/text/ascii.hpp"

// Last: it defines bool, true and false.
#include <ldns/ldns.h>

namespace posthouse::dns {
namespace {

constexpr size_t kHeader = 12;
constexpr uint16_t kClassIn = 1;
constexpr uint16_t kTypeOpt = 41;
// The header's third and fourth octet.
constexpr unsigned kQr = 0x80, kOpcode = 0x78, kTc = 0x02, kRd = 0x01, kAd = 0x20, kRcode = 0x0f;
constexpr uint16_t kOptionError = 15;  // RFC 8914 2
constexpr size_t kMaxErrors = 4;
constexpr size_t kMaxErrorText = 160;

unsigned octet(std::string_view s, size_t at) {
  return static_cast<unsigned char>(s[at]);
}
unsigned number(std::string_view s, size_t at) {
  return octet(s, at) << 8 | octet(s, at + 1);
}
uint32_t number32(std::string_view s, size_t at) {
  return static_cast<uint32_t>(number(s, at) << 16 | number(s, at + 2));
}
void put(std::string* out, unsigned n) {
  *out += {static_cast<char>(n >> 8), static_cast<char>(n & 255)};
}

std::string_view bytesOf(const ldns_rdf* rdf) {
  return {reinterpret_cast<const char*>(ldns_rdf_data(rdf)), ldns_rdf_size(rdf)};
}

std::string rdataOf(const ldns_rr* rr) {
  std::string out;
  for (size_t i = 0; i < ldns_rr_rd_count(rr); ++i) {
    if (const ldns_rdf* field = ldns_rr_rdf(rr, i)) out += bytesOf(field);
  }
  return out;
}

// RFC 2181 8: a time with the first bit set is zero.
uint32_t saneTtl(uint32_t ttl) {
  return ttl > 0x7fffffff ? 0 : ttl;
}

void readAnswers(const ldns_rr_list* list, Reply* out) {
  for (size_t i = 0; i < ldns_rr_list_rr_count(list); ++i) {
    const ldns_rr* rr = ldns_rr_list_rr(list, i);
    if (ldns_rr_get_class(rr) != LDNS_RR_CLASS_IN) continue;
    const auto type = typeOf(static_cast<int>(ldns_rr_get_type(rr)));
    auto owner = textName(bytesOf(ldns_rr_owner(rr)));
    if (!type || !owner) continue;
    auto record = readRdata(*type, rdataOf(rr));
    if (record) {
      out->answers.push_back({std::move(*owner), saneTtl(ldns_rr_ttl(rr)), std::move(*record)});
    } else {
      out->damaged = 1;
    }
  }
}

void readAuthority(const ldns_rr_list* list, Reply* out) {
  for (size_t i = 0; i < ldns_rr_list_rr_count(list); ++i) {
    const ldns_rr* rr = ldns_rr_list_rr(list, i);
    if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_NS) out->delegates = 1;
    if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_SOA) continue;
    const std::string rdata = rdataOf(rr);
    if (rdata.size() < 22) continue;
    // RFC 2308 5: the lesser of the SOA's own time and its MINIMUM field.
    out->negativeTtl = std::min(saneTtl(ldns_rr_ttl(rr)), saneTtl(number32(rdata, rdata.size() - 4)));
  }
}

void readOptions(std::string_view options, Reply* out) {
  while (options.size() >= 4) {
    const unsigned code = number(options, 0);
    const unsigned size = number(options, 2);
    if (options.size() < 4 + size) return;
    const std::string_view data = options.substr(4, size);
    options.remove_prefix(4 + size);
    if (code != kOptionError || data.size() < 2 || out->errors.size() == kMaxErrors) continue;
    std::string text(data.substr(2, kMaxErrorText));
    // It comes from strangers and goes into logs and terminals.
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c < 0x20 || c > 0x7e; }, '?');
    out->errors.push_back({static_cast<uint16_t>(number(data, 0)), std::move(text)});
  }
}

const char* errorName(unsigned code) {
  static constexpr const char* kNames[] = {"",
                                           "unsupported DNSKEY algorithm",
                                           "unsupported DS digest",
                                           "stale answer",
                                           "forged answer",
                                           "DNSSEC indeterminate",
                                           "DNSSEC bogus",
                                           "signature expired",
                                           "signature not yet valid",
                                           "DNSKEY missing",
                                           "RRSIGs missing",
                                           "no zone key bit set",
                                           "NSEC missing",
                                           "cached error",
                                           "not ready",
                                           "blocked",
                                           "censored",
                                           "filtered",
                                           "prohibited",
                                           "stale NXDOMAIN answer",
                                           "not authoritative",
                                           "not supported",
                                           "no reachable authority",
                                           "network error",
                                           "invalid data"};
  return code < std::size(kNames) ? kNames[code] : "";
}

}  // namespace

std::string makeQuery(const Question& q, bool edns, std::string_view randomness) {
  const unsigned id = randomness.size() >= 2 ? number(randomness, 0) : 0;
  std::string out;
  put(&out, id);
  put(&out, kRd << 8 | kAd);
  put(&out, 1);
  put(&out, 0);
  put(&out, 0);
  put(&out, edns ? 1 : 0);
  std::string name = wireName(q.name).value_or(std::string(1, '\0'));
  // Label lengths are below 64 and so never letters.
  size_t bit = 16;
  for (char& c : name) {
    if (c < 'a' || c > 'z' || bit / 8 >= randomness.size()) continue;
    if (octet(randomness, bit / 8) >> (bit % 8) & 1) c = static_cast<char>(c - 32);
    ++bit;
  }
  out += name;
  put(&out, static_cast<unsigned>(q.type));
  put(&out, kClassIn);
  if (!edns) return out;
  out += '\0';  // RFC 6891 6.1.2: the root
  put(&out, kTypeOpt);
  put(&out, kMaxUdp);
  put(&out, 0);       // extended code and version
  put(&out, 0x8000);  // DO
  put(&out, 0);
  return out;
}

std::string randomQuery(const Question& q, bool edns) {
  std::array<unsigned char, 2 + 32> random{};
  if (RAND_bytes(random.data(), random.size()) != 1) random.fill(0);  // a random port is left
  return makeQuery(q, edns, {reinterpret_cast<const char*>(random.data()), random.size()});
}

Match match(std::string_view query, std::string_view reply) {
  if (reply.size() < kHeader || query.size() < kHeader || reply.substr(0, 2) != query.substr(0, 2)) return Match::No;
  if (!(octet(reply, 2) & kQr) || (octet(reply, 2) & kOpcode)) return Match::No;
  // A server that does not understand a query may leave the question out.
  const unsigned rcode = octet(reply, 3) & kRcode;
  if (number(reply, 4) == 0 && reply.size() == kHeader &&
      (rcode == static_cast<unsigned>(Rcode::FormErr) || rcode == static_cast<unsigned>(Rcode::NotImp)))
    return Match::Yes;
  if (number(reply, 4) != 1) return Match::No;
  const size_t nameEnd = query.find('\0', kHeader) + 1;
  const size_t end = nameEnd + 4;
  if (reply.size() < end || query.size() < end) return Match::No;
  if (reply.substr(nameEnd, 4) != query.substr(nameEnd, 4)) return Match::No;
  const std::string_view asked = query.substr(kHeader, nameEnd - kHeader);
  const std::string_view said = reply.substr(kHeader, nameEnd - kHeader);
  if (asked == said) return Match::Yes;
  return ph::text::toLower(asked) == ph::text::toLower(said) ? Match::OtherCase : Match::No;
}

bool isTruncated(std::string_view reply) {
  return reply.size() > 2 && (octet(reply, 2) & kTc);
}

ph::Result<Reply> parseReply(std::string_view packet) {
  ldns_pkt* raw = nullptr;
  const ldns_status s = ldns_wire2pkt(&raw, reinterpret_cast<const uint8_t*>(packet.data()), packet.size());
  if (s != LDNS_STATUS_OK) return ph::Error{ph::Kind::Invalid, ldns_get_errorstr_by_id(s)};
  const std::unique_ptr<ldns_pkt, void (*)(ldns_pkt*)> pkt(raw, ldns_pkt_free);
  Reply out;
  out.rcode = static_cast<int>(ldns_pkt_get_rcode(raw)) | ldns_pkt_edns_extended_rcode(raw) << 4;
  out.authentic = ldns_pkt_ad(raw);
  out.recursive = ldns_pkt_ra(raw);
  readAnswers(ldns_pkt_answer(raw), &out);
  readAuthority(ldns_pkt_authority(raw), &out);
  if (const ldns_rdf* options = ldns_pkt_edns_data(raw)) readOptions(bytesOf(options), &out);
  return out;
}

std::string describe(const Reply& r) {
  static constexpr const char* kNames[] = {"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"};
  std::string out = r.rcode >= 0 && static_cast<size_t>(r.rcode) < std::size(kNames)
                        ? kNames[r.rcode]
                        : "RCODE " + std::to_string(r.rcode);
  for (const auto& e : r.errors) {
    const std::string name = errorName(e.code);
    out +=
        " (" + (name.empty() ? "error " + std::to_string(e.code) : name) + (e.text.empty() ? "" : ": " + e.text) + ")";
  }
  return out;
}

bool isBogus(const Reply& r) {
  // RFC 8914 4.7 to 4.13.
  return std::any_of(r.errors.begin(), r.errors.end(), [](const auto& e) { return e.code >= 6 && e.code <= 12; });
}

}  // namespace posthouse::dns
