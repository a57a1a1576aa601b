#include "app/home_page.hpp"

#include "base/version.hpp"

namespace posthouse::app {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace

std::string homePageHtml(const std::vector<Listening>& listening) {
  std::string out =
      "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Posthouse</title>\n<h1>Posthouse ";
  out += escaped(kVersion);
  out += "</h1>\n<table>\n<tr><th>listener<th>protocol<th>TLS<th>address\n";
  for (const auto& l : listening) {
    std::string where;
    for (const auto& a : l.addresses) where += (where.empty() ? "" : ", ") + a;
    if (!l.problem.empty()) where += (where.empty() ? "" : "; ") + l.problem;
    out += "<tr>";
    for (const std::string& cell : {l.name, l.protocol, l.tls, where}) out += "<td>" + escaped(cell);
    out += "\n";
  }
  return out + "</table>\n</html>\n";
}

ph::Status HomePage::add(http::Server& server) {
  http::Route r;
  r.path = "/";
  r.handler = std::make_shared<http::HandlerFunction>([page = page_](http::Exchange& x) -> ph::Status {
    if (auto s = x.setField("content-type", "text/html; charset=utf-8"); !s) return s;
    std::lock_guard lock(page->mutex);
    return x.write(page->html);  // far less than what is buffered: never waits
  });
  return server.add(std::move(r));
}

void HomePage::show(const std::vector<Listening>& listening) {
  std::string html = homePageHtml(listening);
  std::lock_guard lock(page_->mutex);
  page_->html = std::move(html);
}

}  // namespace posthouse::app
