#include "testkit/http.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "ph/text.hpp"

struct ph_exchange {
  const ph::testkit::HttpAsked* asked;
  ph::testkit::HttpAnswer answer;
  size_t taken = 0;  // of the request's body
};

namespace ph::testkit {
namespace {

constexpr std::array kMethods = {std::pair("GET", PH_HTTP_GET),       std::pair("POST", PH_HTTP_POST),
                                 std::pair("PUT", PH_HTTP_PUT),       std::pair("PATCH", PH_HTTP_PATCH),
                                 std::pair("DELETE", PH_HTTP_DELETE), std::pair("OPTIONS", PH_HTTP_OPTIONS)};

ph_status addRoute(const ph_host* host, const ph_http_route* r) {
  const std::string path(view(r->path));
  if (path.empty() || path[0] != '/' || !r->handle || r->methods == 0) return PH_E_INVALID;
  auto& routes = Http::of(host).routes;
  const bool taken = std::any_of(routes.begin(), routes.end(), [&](const Http::Route& o) {
    return o.path == path && o.flags == r->flags && (o.methods & r->methods) != 0;
  });
  if (taken) return PH_E_CONFLICT;
  routes.push_back({path, r->methods, r->flags, r->audience, r->self, r->handle});
  return PH_OK;
}

void request(const ph_exchange* e, ph_http_request* out) {
  *out = sized<ph_http_request>();
  out->method = str(e->asked->method);
  out->path = str(e->asked->path);
  out->query = str(e->asked->query);
  out->host = str("localhost");
  out->remote_ip = str("192.0.2.1");
  out->body_length = static_cast<int64_t>(e->asked->body.size());
  out->account = str(e->asked->account);
  out->csrf = str(e->asked->account.empty() ? "" : "csrf");
  out->role = e->asked->role;
}

ph_status field(const ph_exchange* e, ph_str name, size_t index, ph_str* out) {
  const std::string wanted(view(name));
  for (const auto& [key, value] : e->asked->fields) {
    if (strcasecmp(key.c_str(), wanted.c_str()) != 0 || index-- > 0) continue;
    *out = str(value);
    return PH_OK;
  }
  return PH_E_NOT_FOUND;
}

ph_status read(ph_exchange* e, void* to, size_t size, size_t* got) {
  *got = std::min(size, e->asked->body.size() - e->taken);
  std::memcpy(to, e->asked->body.data() + e->taken, *got);
  e->taken += *got;
  return PH_OK;
}

ph_status addField(ph_exchange* e, ph_str name, ph_str value) {
  e->answer.fields.emplace_back(view(name), view(value));
  return PH_OK;
}

ph_status setField(ph_exchange* e, ph_str name, ph_str value) {
  std::erase_if(e->answer.fields, [&](const auto& f) { return f.first == view(name); });
  return addField(e, name, value);
}

}  // namespace

Http& Http::of(const ph_host* host) {
  return *const_cast<Http*>(static_cast<const Http*>(host->get(host, kId)));
}

Http::Http() : admin_(sized<ph_admin>()), assets_(sized<ph_assets>()), table_(sized<ph_http>()) {
  admin_.page_add = [](const ph_host* host, const ph_admin_page* p) -> ph_status {
    Page out{std::string(view(p->title)), std::string(view(p->help)), std::string(view(p->path)), p->audience};
    if (out.title.empty() || (!out.path.empty() && out.path[0] != '/')) return PH_E_INVALID;
    of(host).pages.push_back(std::move(out));
    return PH_OK;
  };
  assets_.serve = [](const ph_host* host, const ph_assets_bundle* b) -> ph_status {
    if (b->prefix.len == 0 || view(b->prefix).front() != '/' || view(b->prefix).back() != '/') return PH_E_INVALID;
    Bundle out{std::string(view(b->prefix)), std::string(view(b->folder)), b->audience, {}};
    for (size_t i = 0; i < b->file_count; ++i)
      out.files[std::string(view(b->files[i].path))] = view(b->files[i].content);
    of(host).bundles.push_back(std::move(out));
    return PH_OK;
  };
  // Conditions always hold here.
  table_.condition = [](ph_exchange*, ph_str, ph_str, int32_t* holds) -> ph_status {
    *holds = 1;
    return PH_OK;
  };
  table_.route_add = addRoute;
  table_.request = request;
  table_.field = field;
  table_.read = read;
  table_.set_status = [](ph_exchange* e, int32_t status) -> ph_status {
    if (status < 200 || status > 599) return PH_E_INVALID;
    e->answer.status = status;
    return PH_OK;
  };
  table_.set_field = setField;
  table_.add_field = addField;
  table_.write = [](ph_exchange* e, const void* data, size_t size) -> ph_status {
    e->answer.body.append(static_cast<const char*>(data), size);
    return PH_OK;
  };
  table_.flush = [](ph_exchange*) -> ph_status { return PH_OK; };
  table_.cancelled = [](const ph_exchange*) -> int32_t { return 0; };
}

HttpAnswer Http::ask(const HttpAsked& what) const {
  const auto method =
      std::find_if(kMethods.begin(), kMethods.end(), [&](const auto& m) { return what.method == m.first; });
  const Route* best = nullptr;
  for (const auto& r : routes) {
    const bool prefix = (r.flags & PH_HTTP_PREFIX) != 0;
    const bool fits = prefix ? what.path.starts_with(r.path) : what.path == r.path;
    if (!fits || method == kMethods.end() || (r.methods & method->second) == 0) continue;
    if (!best || !prefix || ((best->flags & PH_HTTP_PREFIX) != 0 && r.path.size() > best->path.size())) best = &r;
  }
  ph_exchange exchange{&what, {}, 0};
  if (best) exchange.answer.result = best->handle(best->self, &exchange);
  return std::move(exchange.answer);
}

}  // namespace ph::testkit
