// Reading accounts/NAME.toml, see account_config.hpp.
#include "config/account_config.hpp"

#include "ph/address/addr_spec.hpp"

namespace posthouse::config {

const char* const kAccountSchema = R"json({
  "type": "object",
  "properties": {
    "addresses": {"type": "array", "items": {"type": "string"}, "default": [], "description": "Addresses whose mail this account gets and that it may send as."},
    "full_name": {"type": "string", "default": "", "description": "For people."},
    "login_disabled": {"type": "string", "default": "", "description": "Not empty: no login; clients are told this text. Mail still arrives."},
    "quota": {"type": "string", "format": "size", "description": "How much mail it may hold; \"0\": as much as the disk. Left out: storage.quota of the server."}
  }
})json";

namespace {

class Reader {
 public:
  Reader(const Node& node, std::vector<std::string>* problems) : node_(node), problems_(problems) {}

  void addresses(AccountConfig* out) {
    out->addresses = node_.listAt("addresses");
    for (const auto& address : out->addresses) {
      const auto parsed = ph::address::parseAddrSpec(address);
      if (!parsed) problem(node_.child("addresses")->at, "'" + address + "' is not an address: " + parsed.error().text);
    }
  }

 private:
  void problem(const Position& at, const std::string& text) { problems_->push_back(at.text() + ": " + text); }

  const Node& node_;
  std::vector<std::string>* problems_;
};

}  // namespace

AccountConfig readAccount(const std::string& name, const Node& node, uint64_t defaultQuota,
                          std::vector<std::string>* problems) {
  AccountConfig out;
  out.name = name;
  out.fullName = node.stringAt("full_name");
  out.loginDisabled = node.stringAt("login_disabled");
  out.at = node.at;
  out.quota = defaultQuota;
  if (node.child("quota")) parseSize(node.stringAt("quota"), &out.quota);
  Reader reader(node, problems);
  reader.addresses(&out);
  return out;
}

}  // namespace posthouse::config
