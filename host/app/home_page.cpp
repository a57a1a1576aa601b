#include "app/home_page.hpp"

#include <map>

#include "base/version.hpp"
#include "web/pages.hpp"

namespace posthouse::app {
namespace {

using web::escapedHtml;

// What people know it by.
std::string what(const std::string& protocol) {
  static const std::map<std::string, const char*> kNames = {{"smtp", "SMTP, mail from other servers"},
                                                            {"submission", "SMTP, mail of programs that log in"},
                                                            {"imap", "IMAP, mailboxes"},
                                                            {"http", "HTTP, this page"},
                                                            {"admin", "HTTP, administration"},
                                                            {"metrics", "Metrics for Prometheus"}};
  const auto i = kNames.find(protocol);
  return i == kNames.end() ? protocol : i->second;
}

std::string cell(const Listening& l, const std::string& address) {
  const bool tls = l.tls == "implicit";
  if (l.protocol != "http" && l.protocol != "metrics") return "<code>" + escapedHtml(address) + "</code>";
  // The certificate for tests is for this name.
  const bool loopback = address.starts_with("127.0.0.1:");
  const std::string host = loopback ? "localhost" + address.substr(address.find(':')) : address;
  const std::string url =
      std::string(tls ? "https" : "http") + "://" + host + (l.protocol == "metrics" ? "/metrics" : "/");
  return "<a href=\"" + escapedHtml(url) + "\">" + escapedHtml(url) + "</a>";
}

}  // namespace

std::string homePageHtml(const std::vector<Listening>& listening) {
  std::string rows;
  for (const auto& l : listening) {
    std::string where;
    for (const auto& a : l.addresses) where += (where.empty() ? "" : "<br>") + cell(l, a);
    if (!l.problem.empty()) where += "<span class=\"problem\">" + escapedHtml(l.problem) + "</span>";
    rows += "<tr><td>" + where + "</td><td>" + escapedHtml(what(l.protocol)) + "</td><td>" + escapedHtml(l.tls) +
            "</td><td>" + escapedHtml(l.name) + "</td></tr>\n";
  }
  return web::page("home.html", {{"version", escapedHtml(kVersion)}, {"listeners", rows}});
}

ph::Status HomePage::add(http::Server& server) {
  http::Route r;
  r.path = "/";
  r.handler = std::make_shared<http::HandlerFunction>([page = page_](http::Exchange& x) -> ph::Status {
    if (auto s = x.setField("content-type", "text/html; charset=utf-8"); !s) return s;
    if (auto s = x.setField("content-security-policy", web::pagePolicy()); !s) return s;
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
