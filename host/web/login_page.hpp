// The page where people log in: no script, nothing from elsewhere. Threads: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace posthouse::web {

struct LoginPage {
  std::string user;
  std::string next;     // where to go then
  std::string problem;  // why it did not work
  bool code = false;    // the one-time password is asked for
};
std::string loginPage(const LoginPage& page);
// The Content-Security-Policy it needs: its style, by its hash, and its own form.
const std::string& loginPolicy();

// A path of this server, or "/".
std::string localPath(std::string_view next);
std::string escapedHtml(std::string_view text);

}  // namespace posthouse::web
