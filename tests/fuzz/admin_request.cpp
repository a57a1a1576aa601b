// A request of administration: JSON body, query and path, up to what a handler would get. The first line is the path,
// the second the query, the rest the body.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "admin/arguments.hpp"
#include "admin/paths.hpp"
#include "json/parse.hpp"

using namespace posthouse;

namespace {

using admin::Param;

const admin::Operation kSet = {.name = "thing.set",
                               .method = admin::Method::Put,
                               .path = "/things/{name}",
                               .help = "Sets.",
                               .params = {{"name", Param::Type::String, Param::kRequired, "N."},
                                          {"number", Param::Type::Int, 0, "N."},
                                          {"flag", Param::Type::Bool, 0, "F."},
                                          {"list", Param::Type::List, 0, "L."},
                                          {"any", Param::Type::Any, 0, "A."},
                                          {"file", Param::Type::File, 0, "F."},
                                          {"kind", Param::Type::String, 0, "K.", admin::Subject::None, {"a", "b"}}}};

void check(bool ok) {
  if (!ok) std::abort();
}

std::string_view line(std::string_view* rest) {
  const size_t end = std::min(rest->find('\n'), rest->size());
  const std::string_view out = rest->substr(0, end);
  rest->remove_prefix(std::min(end + 1, rest->size()));
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const admin::Paths kPaths({&kSet});
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const auto path = line(&rest), query = line(&rest);
  const auto match = kPaths.find("PUT", path);
  if (match.operation) check(!match.args["name"].string().empty());

  json::Value args = json::Value::object();
  if (admin::addQuery(kSet, query, &args)) {
    for (const auto& [key, value] : args.members()) check(kSet.param(key) != nullptr);
  }
  const auto body = json::parse(rest);
  if (!body) return 0;
  // What was read is written so that it reads the same.
  const auto again = json::parse(json::text(*body));
  check(again.ok() && *again == *body);
  check(json::parse(json::text(*body, true)).ok());
  if (!admin::checkTypes(kSet, *body) || !admin::checkPresence(kSet, *body)) return 0;
  check(!(*body)["name"].string().empty());
  check(body->find("flag") == nullptr || (*body)["flag"].type() == json::Value::Type::Bool);
  return 0;
}
