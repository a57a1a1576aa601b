#include "admin/pages_face.hpp"

#include <charconv>

#include "admin/error_form.hpp"

#include "commands/pages.hpp"
#include "http/body.hpp"
#include "http/origin.hpp"
#include "web/cookie.hpp"
#include "web/pages.hpp"

namespace posthouse::admin {
namespace {

using http::Exchange;
using json::Value;
using web::escapedHtml;

constexpr std::string_view kForms = "/admin/plugins/";
constexpr size_t kMaxForm = 256 * 1024;
constexpr const char* kPrefix = "option.";  // of the names in a form, so that "csrf" may be an option, too
constexpr int kForbidden = 403, kTooLarge = 413;

ph::Status answer(Exchange& x, int status, const std::string& html) {
  if (auto s = x.setStatus(status); !s) return s;
  if (auto s = x.setField("content-type", "text/html; charset=utf-8"); !s) return s;
  if (auto s = x.setField("content-security-policy", web::pagePolicy()); !s) return s;
  if (auto s = x.setField("cache-control", "no-store, no-transform"); !s) return s;
  return x.write(html);
}

std::string problemHtml(const std::string& text) {
  return "<p class=\"problem\" role=\"alert\">" + escapedHtml(text) + "</p>";
}

std::string pluginOf(const Exchange& x) {
  return x.request().head.target.path.substr(kForms.size());
}

const Value& inForce(const OptionField& f) {
  return f.value.isNull() ? f.standard : f.value;
}

std::string shownText(const Value& v) {
  if (v.type() == Value::Type::String) return v.string();
  if (v.type() != Value::Type::List) return v.isNull() ? "" : json::text(v);
  std::string out;
  for (const auto& line : v.strings()) out += line + "\n";
  return out;
}

std::string control(const OptionField& f) {
  const std::string name = " name=\"" + escapedHtml(kPrefix + f.name) + "\"";
  const std::string value = escapedHtml(shownText(inForce(f)));
  if (f.type == "boolean")
    return "<input type=\"checkbox\"" + name + (inForce(f).boolean() ? " checked" : "") + "> " + escapedHtml(f.name);
  if (!f.allowed.empty()) {
    std::string out = "<select" + name + ">";
    for (const auto& a : f.allowed)
      out += "<option" + std::string(a == inForce(f).string() ? " selected" : "") + ">" + escapedHtml(a) + "</option>";
    return escapedHtml(f.name) + out + "</select>";
  }
  if (f.type == "list")
    return escapedHtml(f.name) + " (one on each line)<textarea rows=\"4\"" + name + ">" + value + "</textarea>";
  return escapedHtml(f.name) + "<input" + (f.type == "integer" ? " type=\"number\"" : "") + name + " value=\"" + value +
         "\">";
}

std::string fieldsHtml(const std::vector<OptionField>& fields) {
  std::string out;
  for (const auto& f : fields) {
    if (f.type == "object") {
      out += "<p>" + escapedHtml(f.name) + ": in the configuration file only.</p>\n";
    } else {
      out += "<label>" + control(f) + "</label>\n";
    }
    out += "<p class=\"help\">" + escapedHtml(f.help) + "</p>\n";
  }
  return out;
}

// What a form says that is not so already.
ph::Result<Value> changed(const std::vector<OptionField>& fields, const std::map<std::string, std::string>& form) {
  Value out = Value::object();
  for (const auto& f : fields) {
    if (f.type == "object") continue;
    const auto given = form.find(kPrefix + f.name);
    Value value;
    if (f.type == "boolean") {
      value = given != form.end();  // browsers leave out what is not checked
    } else if (given == form.end()) {
      continue;
    } else if (f.type == "integer") {
      int64_t n = 0;
      const char* const end = given->second.data() + given->second.size();
      if (given->second.empty() || std::from_chars(given->second.data(), end, n).ptr != end)
        return ph::Error{ph::Kind::Invalid, f.name + ": must be a whole number"};
      value = n;
    } else if (f.type == "list") {
      value = Value::list();
      for (std::string_view rest = given->second; !rest.empty();) {
        const size_t end = std::min(rest.find('\n'), rest.size());
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (line.ends_with("\r")) line.remove_suffix(1);
        if (!line.empty()) value.add(line);
      }
    } else {
      value = given->second;
    }
    const bool nothing = inForce(f).isNull() && shownText(value).empty();
    if (!nothing && !(value == inForce(f))) out.set(f.name, std::move(value));
  }
  return out;
}

}  // namespace

Principal principalOf(const http::Visitor& visitor, const std::string& ip) {
  Principal who;
  who.name = visitor.account;
  who.face = "session";
  who.from = ip;
  who.role = static_cast<Role>(visitor.role);
  who.session = visitor.session;
  who.account = visitor.account;
  who.domains = visitor.domains;
  return who;
}

ph::Status PagesFace::mount(http::Server& server, const void* owner) {
  const auto add = [&](std::string_view path, uint32_t methods, http::Audience audience,
                       ph::Status (PagesFace::*handle)(Exchange&)) {
    http::Route r;
    r.path = path;
    r.prefix = path == kForms;
    r.methods = methods;
    r.audience = audience;
    r.maxBody = kMaxForm;
    r.owner = owner;
    r.handler = std::make_shared<http::HandlerFunction>([this, handle](Exchange& x) { return (this->*handle)(x); });
    return server.add(std::move(r));
  };
  if (auto s = add("/admin/", http::kGet, http::Audience::Account, &PagesFace::menu); !s) return s;
  if (auto s = add(kForms, http::kGet, http::Audience::Admin, &PagesFace::show); !s) return s;
  // A form can't send the field that the gate wants: what it brings along instead is looked at here.
  return add(kForms, http::kPost, http::Audience::Public, &PagesFace::submit);
}

ph::Status PagesFace::menu(Exchange& x) {
  const auto& visitor = *x.request().visitor;
  const auto list =
      registry_.call(*registry_.find("page.list"), principalOf(visitor, x.request().remoteIp), Value::object());
  if (!list) return list.error();
  std::string pages;
  for (const auto& p : (*list)["items"].items()) {
    pages += "<p><a href=\"" + escapedHtml(p["path"].string()) + "\">" + escapedHtml(p["title"].string()) + "</a> " +
             escapedHtml(p["help"].string()) + "</p>\n";
  }
  if (pages.empty()) pages = "<p>No plugin has a page for you.</p>\n";
  return answer(x, 200, web::page("menu.html", {{"account", escapedHtml(visitor.account)}, {"pages", pages}}));
}

ph::Result<std::vector<OptionField>> PagesFace::form(const std::string& plugin) const {
  if (!registry_.core().pages->hasForm(plugin))
    return ph::Error{ph::Kind::NotFound, "the plugin " + plugin + " has no form"};
  return optionForm(registry_.core(), plugin);
}

ph::Status PagesFace::show(Exchange& x) {
  const auto fields = form(pluginOf(x));
  if (!fields) return fields.error();
  return answer(x, 200,
                web::page("form.html", {{"title", escapedHtml(pluginOf(x))},
                                        {"csrf", x.request().visitor->csrf},
                                        {"fields", fieldsHtml(*fields)}}));
}

ph::Status PagesFace::submit(Exchange& x) {
  const auto body = http::readBody(x, kMaxForm);
  if (!body) return answer(x, kTooLarge, problemHtml(body.error().text));
  const auto visitor = visitors_.find(x.request());
  const auto form = web::form(*body);
  const auto field = [&](const char* name) {
    const auto i = form ? form->find(name) : std::map<std::string, std::string>::const_iterator();
    return form && i != form->end() ? i->second : std::string();
  };
  if (!visitor || visitor->role < static_cast<int>(Role::Admin) || !http::sameOrigin(x.request().head) ||
      !web::Visitors::sameToken(field("csrf"), visitor->csrf))
    return answer(x, kForbidden, problemHtml("This form is not from a page of yours. Log in and try again."));
  const std::string plugin = pluginOf(x);
  auto fields = this->form(plugin);
  if (!fields) return fields.error();
  auto values = changed(*fields, *form);
  std::string message = "<p role=\"status\">Nothing is to be changed.</p>";
  int status = 200;
  if (!values) {
    status = httpStatus(values.error().kind);
    message = problemHtml(values.error().text);
  } else if (!values->members().empty()) {
    const bool save = field("do") == "save";
    const auto done = registry_.call(*registry_.find("plugin.fill"), principalOf(*visitor, x.request().remoteIp),
                                     Value::object({{"plugin", plugin}, {"values", *values}, {"preview", !save}}));
    if (!done) {
      status = httpStatus(done.error().kind);
      message = problemHtml(done.error().text);
    } else {
      message = std::string("<p role=\"status\">") + (save ? "Saved." : "This would change:") + "</p><pre>" +
                escapedHtml((*done)["difference"].string()) + "</pre>";
    }
    // What was typed stays, also when it is refused.
    for (auto& f : *fields) {
      if (values->find(f.name)) f.value = (*values)[f.name];
    }
  }
  return answer(x, status,
                web::page("form.html", {{"title", escapedHtml(plugin)},
                                        {"csrf", visitor->csrf},
                                        {"message", message},
                                        {"fields", fieldsHtml(*fields)}}));
}

}  // namespace posthouse::admin
