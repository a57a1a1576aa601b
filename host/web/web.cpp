#include "web/web.hpp"

#include "http/body.hpp"
#include "http/origin.hpp"
#include "json/parse.hpp"
#include "ph/text/ascii.hpp"
#include "web/cookie.hpp"
#include "web/pages.hpp"

namespace posthouse::web {
namespace {

using http::Exchange;
using json::Value;

constexpr size_t kMaxBody = 16 * 1024;
constexpr int kSeeOther = 303, kInvalid = 400, kUnauthorized = 401, kForbidden = 403, kMediaType = 415, kTooMany = 429,
              kUnavailable = 503;

int statusOf(ph::Kind kind) {
  switch (kind) {
    case ph::Kind::Denied:
      return kUnauthorized;
    case ph::Kind::Limit:
      return kTooMany;
    case ph::Kind::Invalid:
      return kForbidden;
    default:
      return kUnavailable;
  }
}

bool hasType(const Exchange& x, std::string_view wanted) {
  const std::string_view type = x.request().head.fields.get("content-type").value_or("");
  return ph::text::equalsNoCase(type.substr(0, type.find_first_of("; \t")), wanted);
}

ph::Status answer(Exchange& x, int status, const char* type, const std::string& body) {
  if (auto s = x.setStatus(status); !s) return s;
  if (auto s = x.setField("content-type", type); !s) return s;
  if (auto s = x.setField("cache-control", "no-store, no-transform"); !s) return s;
  if (status == kTooMany || status == kUnavailable) {
    if (auto s = x.setField("retry-after", "60"); !s) return s;
  }
  return x.write(body);
}

ph::Status answerJson(Exchange& x, int status, const Value& body) {
  return answer(x, status, "application/json", json::text(body) + "\n");
}

ph::Status refuse(Exchange& x, int status, const char* code, const std::string& message) {
  return answerJson(x, status, Value::object({{"code", code}, {"message", message}}));
}

struct LoginPage {
  std::string user;
  std::string next;     // where to go then
  std::string problem;  // why it did not work
  bool code = false;    // the one-time password is asked for
};

ph::Status answerPage(Exchange& x, int status, const LoginPage& p) {
  if (auto s = x.setField("content-security-policy", pagePolicy()); !s) return s;
  const std::string problem =
      p.problem.empty() ? "" : "<p class=\"problem\" role=\"alert\">" + escapedHtml(p.problem) + "</p>";
  return answer(x, status, "text/html; charset=utf-8",
                page("login.html", {{"user", escapedHtml(p.user)},
                                    {"next", escapedHtml(p.next)},
                                    {"problem", problem},
                                    {"code", p.code ? "One-time code" : "One-time code, if you use one"}}));
}

ph::Status goTo(Exchange& x, const std::string& path, const std::string& cookie) {
  if (auto s = x.setField("set-cookie", cookie); !s) return s;
  if (auto s = x.setField("location", path); !s) return s;
  return answer(x, kSeeOther, "text/plain", "");
}

Value describe(const http::Visitor& v) {
  static constexpr const char* kRoles[] = {"account", "domain-admin", "admin"};
  return Value::object({{"account", v.account},
                        {"role", kRoles[v.role]},
                        {"domains", v.domains},
                        {"session", v.session},
                        {"csrf", v.csrf}});
}

}  // namespace

ph::Status Web::mount(http::Server& server) {
  server.setGate([this](const http::Request& r, http::Audience a) { return visitors_.judge(r, a); });
  const auto add = [&](const char* path, uint32_t methods, http::Audience audience,
                       ph::Status (Web::*handle)(Exchange&)) {
    http::Route r;
    r.path = path;
    r.methods = methods;
    r.audience = audience;
    r.maxBody = kMaxBody;
    r.handler = std::make_shared<http::HandlerFunction>([this, handle](Exchange& x) { return (this->*handle)(x); });
    return server.add(std::move(r));
  };
  constexpr auto kPublic = http::Audience::Public, kAccount = http::Audience::Account;
  for (auto s :
       {add("/login", http::kGet, kPublic, &Web::ask), add("/login", http::kPost, kPublic, &Web::submit),
        add("/logout", http::kPost, kPublic, &Web::leave), add("/api/v1/session", http::kPost, kPublic, &Web::begin),
        add("/api/v1/session", http::kGet, kAccount, &Web::show),
        add("/api/v1/session", http::kDelete, kAccount, &Web::end)}) {
    if (!s) return s;
  }
  return {};
}

ph::Status Web::ask(Exchange& x) {
  const auto query = form(x.request().head.target.query);
  const auto next = query ? query->find("next") : std::map<std::string, std::string>::const_iterator();
  return answerPage(x, 200, {{}, localPath(query && next != query->end() ? next->second : "/"), {}, false});
}

ph::Status Web::submit(Exchange& x) {
  const auto body = http::readBody(x, kMaxBody);
  if (!body) return body.error();
  if (!http::sameOrigin(x.request().head))
    return answerPage(x, kForbidden, {{}, "/", "Another page sent this.", false});
  auto fields = hasType(x, "application/x-www-form-urlencoded") ? form(*body) : std::nullopt;
  if (!fields) return answerPage(x, kInvalid, {{}, "/", "This form can't be read.", false});
  const std::string next = localPath((*fields)["next"]);
  const auto done = login_.attempt(x.request(), {(*fields)["user"], (*fields)["password"], (*fields)["code"]});
  if (!done) return answerPage(x, statusOf(done.error().kind), {(*fields)["user"], next, done.error().text, false});
  if (done->codeNeeded)
    return answerPage(x, kUnauthorized, {(*fields)["user"], next, "Your one-time code is needed, too.", true});
  return goTo(x, next, Visitors::cookieField(x.request().secure, done->secret));
}

// A form can't send a header; that the page is ours is enough for this.
ph::Status Web::leave(Exchange& x) {
  const auto body = http::readBody(x, kMaxBody);
  if (!body) return body.error();
  if (!http::sameOrigin(x.request().head)) return refuse(x, kForbidden, "denied", "another page asks for this");
  if (const auto visitor = visitors_.find(x.request())) (void)sessions_.end(visitor->session, visitor->account);
  return goTo(x, Visitors::kLoginPath, Visitors::cookieField(x.request().secure, {}));
}

ph::Status Web::begin(Exchange& x) {
  const auto body = http::readBody(x, kMaxBody);
  if (!body) return body.error();
  if (!http::sameOrigin(x.request().head)) return refuse(x, kForbidden, "denied", "another page asks for this");
  // No form of another page can send this type.
  if (!hasType(x, "application/json")) return refuse(x, kMediaType, "invalid", "the body must be application/json");
  const auto args = json::parse(*body);
  if (!args) return refuse(x, kInvalid, "invalid", args.error().text);
  const Value &user = (*args)["user"], &password = (*args)["password"], &code = (*args)["code"];
  if (user.type() != Value::Type::String || password.type() != Value::Type::String ||
      (!code.isNull() && code.type() != Value::Type::String))
    return refuse(x, kInvalid, "invalid", "'user' and 'password' are needed, both strings; 'code' may be");
  const auto done = login_.attempt(x.request(), {user.string(), password.string(), code.string()});
  if (!done) {
    const int status = statusOf(done.error().kind);
    return refuse(x, status,
                  status == kTooMany       ? "limit"
                  : status == kUnavailable ? "temporary"
                                           : "denied",
                  done.error().text);
  }
  if (done->codeNeeded) return refuse(x, kUnauthorized, "code_needed", "the account's one-time code is needed, too");
  if (auto s = x.setField("set-cookie", Visitors::cookieField(x.request().secure, done->secret)); !s) return s;
  return answerJson(x, 200, Value::object({{"account", done->account}, {"csrf", Visitors::csrfOf(done->secret)}}));
}

ph::Status Web::show(Exchange& x) {
  return answerJson(x, 200, describe(*x.request().visitor));
}

ph::Status Web::end(Exchange& x) {
  (void)sessions_.end(x.request().visitor->session, x.request().visitor->account);
  if (auto s = x.setField("set-cookie", Visitors::cookieField(x.request().secure, {})); !s) return s;
  return answerJson(x, 200, Value::object());
}

}  // namespace posthouse::web
