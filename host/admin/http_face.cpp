#include "admin/http_face.hpp"

#include "admin/error_form.hpp"
#include "admin/plugin_operation.hpp"
#include "admin/progress_lines.hpp"
#include "commands/commands.hpp"
#include "http/body.hpp"
#include "http/exchange.hpp"
#include "json/parse.hpp"
#include "ph/text/ascii.hpp"

namespace posthouse::admin {
namespace {

constexpr int kUnauthorized = 401, kForbidden = 403, kNotFound = 404, kNotAllowed = 405, kTooLarge = 413,
              kMediaType = 415;

bool isJson(const http::Fields& fields) {
  const std::string_view type = fields.get("content-type").value_or("");
  return ph::text::toLower(std::string(type.substr(0, type.find_first_of("; \t")))) == "application/json";
}

// A command of a plugin has a path of its own, without parameters.
PluginOperationPtr pluginOperation(const Core& core, std::string_view path) {
  if (!core.commands || !path.starts_with("/plugins/")) return nullptr;
  for (auto& o : pluginOperations(*core.commands)) {
    if (path == o->operation().path) return o;
  }
  return nullptr;
}

bool takesQuery(Method m) {
  return m == Method::Get || m == Method::Delete;
}

}  // namespace

ph::Status HttpFace::respond(http::Exchange& x, int status, const json::Value& body) const {
  if (auto s = x.setStatus(status); !s) return s;
  if (auto s = x.setField("content-type", "application/json"); !s) return s;
  if (auto s = x.setField("cache-control", "no-store, no-transform"); !s) return s;
  return x.write(json::text(body) + "\n");
}

ph::Status HttpFace::refuse(http::Exchange& x, int status, const ph::Error& error) const {
  return respond(x, status, errorForm(error));
}

ph::Status HttpFace::handle(http::Exchange& x) {
  const http::Request& request = x.request();
  const auto who = authenticator_(request);
  if (!who) {
    if (who.error().kind == ph::Kind::Conflict) return refuse(x, kForbidden, {ph::Kind::Denied, who.error().text});
    if (who.error().kind != ph::Kind::Denied) return refuse(x, httpStatus(who.error().kind), who.error());
    if (auto s = x.setField("www-authenticate", "Bearer"); !s) return s;  // RFC 6750 3
    return refuse(x, kUnauthorized, who.error());
  }
  const std::string_view path = std::string_view(request.head.target.path).substr(std::string_view(kBase).size() - 1);
  auto match = paths_.find(request.head.method, path);
  const auto ofPlugin = match.operation ? nullptr : pluginOperation(registry_.core(), path);
  if (ofPlugin) {
    const bool get = request.head.method == "GET" || request.head.method == "HEAD";
    if (request.head.method == methodName(ofPlugin->operation().method) ||
        (get && ofPlugin->operation().method == Method::Get))
      return perform(x, ofPlugin->operation(), *who, json::Value::object());
    match.allow = methodName(ofPlugin->operation().method);
  }
  if (!match.operation) {
    if (match.allow.empty()) return refuse(x, kNotFound, {ph::Kind::NotFound, "there is nothing at this address"});
    if (auto s = x.setField("allow", match.allow); !s) return s;
    return refuse(x, kNotAllowed, {ph::Kind::Invalid, "not with this method"});
  }
  return perform(x, *match.operation, *who, std::move(match.args));
}

ph::Status HttpFace::perform(http::Exchange& x, const Operation& operation, const Principal& who, json::Value args) {
  const http::Request& request = x.request();
  auto body = http::readBody(x, operation.rawBody ? kMaxRawBody : operation.takesFile() ? kMaxFileBody : kMaxBody);
  if (!body) {
    if (body.error().kind == ph::Kind::Cancelled) return body.error();
    return refuse(x, kTooLarge, body.error());
  }
  if (takesQuery(operation.method) || operation.rawBody) {
    if (auto s = addQuery(operation, request.head.target.query, &args); !s) return refuse(x, 400, s.error());
    if (!operation.rawBody && !body->empty())
      return refuse(x, 400, {ph::Kind::Invalid, "parameters of this method stand in the query"});
  } else {
    if (!request.head.target.query.empty())
      return refuse(x, 400, {ph::Kind::Invalid, "parameters of this method stand in the body"});
    if (!body->empty()) {
      if (!isJson(request.head.fields))
        return refuse(x, kMediaType, {ph::Kind::Invalid, "the body must be application/json"});
      auto parsed = json::parse(*body);
      if (!parsed) return refuse(x, 400, parsed.error());
      if (parsed->type() != json::Value::Type::Object)
        return refuse(x, 400, {ph::Kind::Invalid, "the parameters must be a JSON object"});
      for (const auto& [key, value] : parsed->members()) {
        if (args.find(key)) return refuse(x, 400, {ph::Kind::Invalid, "'" + key + "' stands in the path already"});
        args.set(key, value);
      }
    }
  }
  ProgressLines lines(x);
  const Answer answer = registry_.call(operation, who, std::move(args),
                                       {.tell = operation.tells ? lines.tell() : TellProgress(),
                                        .body = operation.rawBody ? std::move(*body) : std::string()});
  if (lines.begun()) return lines.end(answer);
  if (answer && operation.result.bytes) {
    if (auto s = x.setField("content-type", "application/octet-stream"); !s) return s;
    if (auto s = x.setField("cache-control", "no-store, no-transform"); !s) return s;
    return x.write(answer->string());
  }
  return answer ? respond(x, 200, *answer) : refuse(x, httpStatus(answer.error().kind), answer.error());
}

}  // namespace posthouse::admin
