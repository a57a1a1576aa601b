#include "dns/resolv_conf.hpp"

#include <sstream>
#include <string>

namespace posthouse::dns {
namespace {

constexpr size_t kMaxResolvers = 8;

}  // namespace

ResolvConf parseResolvConf(std::string_view text) {
  ResolvConf out;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string word;
    if (!(words >> word)) continue;
    if (word == "nameserver" && words >> word && out.resolvers.size() < kMaxResolvers) {
      const auto a = net::Address::parse(word.find(':') == std::string::npos ? word + ":53" : "[" + word + "]:53");
      if (a) out.resolvers.push_back(*a);
    } else if (word == "options") {
      while (words >> word) out.trustAd = out.trustAd || word == "trust-ad";
    }
  }
  if (out.resolvers.empty()) out.resolvers.push_back(*net::Address::parse("127.0.0.1:53"));
  return out;
}

}  // namespace posthouse::dns
