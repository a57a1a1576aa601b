// The house's own pages: files of web/, part of the program. No script, nothing from elsewhere. Threads: pure
// functions.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace posthouse::web {

// "style.css", "login.html", "home.html"; empty: there is none.
std::string_view file(std::string_view name);
// The page with each {{name}} replaced, {{style}} too. Values are HTML already.
std::string page(std::string_view name, const std::vector<std::pair<std::string_view, std::string>>& values);
// The Content-Security-Policy these pages need: their style, by its hash, and forms to this server.
const std::string& pagePolicy();

std::string escapedHtml(std::string_view text);
// A path of this server, or "/".
std::string localPath(std::string_view next);

}  // namespace posthouse::web
