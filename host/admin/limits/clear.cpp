#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "net/address.hpp"
#include "net/limits.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  const std::string& ip = call.text("address");
  const auto address = net::Address::parse(ip.find(':') == std::string::npos ? ip + ":0" : "[" + ip + "]:0");
  if (!address) return ph::Error{ph::Kind::Invalid, "'" + ip + "' is not an IP address"};
  call.core.limits->forget(*address);
  return Value::object();
}

}  // namespace

extern const Operation kLimitsClear;
const Operation kLimitsClear = {
    .name = "limits.clear",
    .method = Method::Post,
    .path = "/limits/clear",
    .help = "Forgets failed logins and connections per minute of an address and the networks around it.",
    .params = {{"address", Param::Type::String, Param::kRequired | Param::kWord, "An IP address."}},
    .changes = true,
    .run = run};

}  // namespace posthouse::admin
