#include "web/login_page.hpp"

#include <openssl/sha.h>

#include <algorithm>

#include "ph/sasl/base64.hpp"

namespace posthouse::web {
namespace {

constexpr std::string_view kStyle =
    "body{font:1rem/1.5 sans-serif;max-width:22rem;margin:10vh auto;padding:0 1rem;color:#222;background:#fff}"
    "label{display:block;margin-top:1rem}input{font:inherit;width:100%;box-sizing:border-box;padding:.4rem}"
    "button{font:inherit;margin-top:1.5rem;padding:.5rem 1.5rem}.problem{color:#a00;font-weight:bold}"
    "@media(prefers-color-scheme:dark){body{color:#ddd;background:#222}.problem{color:#f88}}";

}  // namespace

std::string escapedHtml(std::string_view text) {
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
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string localPath(std::string_view next) {
  const bool plain =
      std::all_of(next.begin(), next.end(), [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7f; });
  // "//host" and "/\host" are other servers to a browser.
  if (!plain || !next.starts_with("/") || next.starts_with("//") || next.find('\\') != next.npos) return "/";
  return std::string(next);
}

const std::string& loginPolicy() {
  static const std::string policy = [] {
    unsigned char hash[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const unsigned char*>(kStyle.data()), kStyle.size(), hash);
    return "default-src 'none'; style-src 'sha256-" +
           ph::sasl::encodeBase64({reinterpret_cast<const char*>(hash), sizeof hash}) +
           "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
  }();
  return policy;
}

std::string loginPage(const LoginPage& p) {
  std::string out =
      "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>Log in</title>\n<style>";
  out.append(kStyle).append("</style>\n<main>\n<h1>Log in</h1>\n");
  if (!p.problem.empty()) out += "<p class=\"problem\" role=\"alert\">" + escapedHtml(p.problem) + "</p>\n";
  out += "<form method=\"post\" action=\"/login\">\n<input type=\"hidden\" name=\"next\" value=\"" +
         escapedHtml(p.next) + "\">\n";
  out += "<label>Address or account<input name=\"user\" autocomplete=\"username\" required value=\"" +
         escapedHtml(p.user) + "\"" + (p.user.empty() ? " autofocus" : "") + "></label>\n";
  out +=
      "<label>Password<input name=\"password\" type=\"password\" autocomplete=\"current-password\" required></label>\n";
  out += std::string("<label>One-time code") + (p.code ? "" : ", if you use one") +
         "<input name=\"code\" autocomplete=\"one-time-code\"" + (p.code ? " required autofocus" : "") +
         "></label>\n<button>Log in</button>\n</form>\n</main>\n</html>\n";
  return out;
}

}  // namespace posthouse::web
