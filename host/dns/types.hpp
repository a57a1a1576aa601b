// What the domain name system is asked and what it answers. Value types.
// Names are in the form of dns/name.hpp. RFC 1035 3.2, RFC 3596 2.1, RFC 2782, RFC 6698 2.1, RFC 8659 4.1.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace posthouse::dns {

enum class Type : uint16_t {
  A = 1,
  Ns = 2,
  Cname = 5,
  Ptr = 12,
  Mx = 15,
  Txt = 16,
  Aaaa = 28,
  Srv = 33,
  Tlsa = 52,
  Caa = 257,
};

inline constexpr Type kAllTypes[] = {Type::A,   Type::Ns,   Type::Cname, Type::Ptr,  Type::Mx,
                                     Type::Txt, Type::Aaaa, Type::Srv,   Type::Tlsa, Type::Caa};
std::optional<Type> typeOf(int number);
std::optional<Type> typeOf(std::string_view name);  // "MX", in any case
const char* nameOf(Type type);

enum class Outcome { Found, NoData, NoName, Temporary };
const char* nameOf(Outcome outcome);  // "found", "no data", "no name", "temporary"

// RFC 4035 4.3.
enum class Security { Indeterminate, Insecure, Secure, Bogus };
const char* nameOf(Security security);

struct Question {
  std::string name;
  Type type = Type::A;
  friend bool operator==(const Question&, const Question&) = default;
};

struct Record {
  Type type = Type::A;
  uint16_t preference = 0;  // MX; SRV: priority; CAA: flags
  uint16_t weight = 0;      // SRV
  uint16_t port = 0;        // SRV
  // A, AAAA: the address as text. CNAME, PTR, NS, MX, SRV: a name. TXT: its character-strings joined. TLSA: the RDATA.
  // CAA: "tag=value".
  std::string value;
};

struct Answer {
  Outcome outcome = Outcome::Temporary;
  Security security = Security::Indeterminate;
  std::vector<Record> records;  // by preference
  std::string name;             // where the records are, after CNAMEs
  std::string text;             // why it failed, for people
  uint32_t ttl = 0;             // seconds it may be kept, counted from its arrival

  static Answer failed(std::string name, std::string text);
};

}  // namespace posthouse::dns
