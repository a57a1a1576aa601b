// The menu of plugins' pages and the forms of their options, as HTML that works without script.
// Guarantees: everything goes through the registry, so rights and the audit log are those of the API; a form that
// another page sends changes nothing. Threads: handlers on pool threads, many at once.
#pragma once

#include "admin/plugin/option_form.hpp"
#include "admin/registry.hpp"
#include "http/server.hpp"
#include "web/visitors.hpp"

namespace posthouse::admin {

class PagesFace {
 public:
  // Both must outlive it.
  PagesFace(const Registry& registry, const web::Visitors& visitors) : registry_(registry), visitors_(visitors) {}
  // GET /admin/, GET and POST /admin/plugins/NAME; taken back with `owner`.
  ph::Status mount(http::Server& server, const void* owner);

 private:
  ph::Status menu(http::Exchange& exchange);
  ph::Status show(http::Exchange& exchange);
  ph::Status submit(http::Exchange& exchange);
  // NotFound: the plugin wants none.
  ph::Result<std::vector<OptionField>> form(const std::string& plugin) const;

  const Registry& registry_;
  const web::Visitors& visitors_;
};

// Of a visitor's request.
Principal principalOf(const http::Visitor& visitor, const std::string& ip);

}  // namespace posthouse::admin
