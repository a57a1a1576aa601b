// Messages of the domain name system: queries made, replies matched and read. RFC 1035 4, RFC 6891 6, RFC 8914 2.
// Guarantees: any octets are safe to give; a reply holds only what can be used: records of class IN, of known types and
// well-formed. Threads: pure functions, but randomQuery (any thread).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dns/types.hpp"
#include "ph/result.hpp"

namespace posthouse::dns {

// Over UDP, with EDNS: what fits into one frame everywhere.
inline constexpr uint16_t kMaxUdp = 1232;

// A recursive query with the AD bit (RFC 6840 5.7) and, when `edns`, the DO bit. `randomness`: two octets are the id,
// the bits of the others decide the case of the name's letters, all lower where they end.
std::string makeQuery(const Question& question, bool edns, std::string_view randomness);
std::string randomQuery(const Question& question, bool edns);

// Whether `reply` answers `query`: id, question and kind. RFC 5452 9.1.
enum class Match {
  No,
  Yes,
  OtherCase,  // all but the case of the name: nobody who only guessed the id, or a server that changes case
};
Match match(std::string_view query, std::string_view reply);
bool isTruncated(std::string_view reply);  // one that matches

// RFC 1035 4.1.1, RFC 6891 9.
enum class Rcode : int { NoError = 0, FormErr = 1, ServFail = 2, NxDomain = 3, NotImp = 4, Refused = 5, BadVers = 16 };

struct Reply {
  struct Owned {
    std::string owner;
    uint32_t ttl = 0;
    Record record;
  };
  int rcode = 0;  // with the bits of EDNS
  bool authentic = false;
  bool recursive = false;               // RA: the server asks others
  std::vector<Owned> answers;           // in order
  std::optional<uint32_t> negativeTtl;  // by the SOA in the authority section, RFC 2308 3
  bool delegates = false;               // the authority section names servers instead
  bool damaged = false;                 // an answer of a known type could not be read and is left out
  struct Error {
    uint16_t code = 0;
    std::string text;  // printable
  };
  std::vector<Error> errors;  // RFC 8914
};

// Invalid: not a well-formed message.
ph::Result<Reply> parseReply(std::string_view packet);

// "SERVFAIL", and what extended errors tell: "SERVFAIL (DNSSEC bogus: no signatures)".
std::string describe(const Reply& reply);
// A validator found wrong or missing signatures.
bool isBogus(const Reply& reply);

}  // namespace posthouse::dns
