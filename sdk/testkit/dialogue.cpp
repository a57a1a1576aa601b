#include "testkit/dialogue.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "ph/text/ascii.hpp"

namespace ph::testkit {

bool Case::has(const std::string& option) const {
  return std::find(options.begin(), options.end(), option) != options.end();
}

std::vector<Case> readCases(const std::string& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& f : std::filesystem::directory_iterator(folder)) files.push_back(f.path());
  std::sort(files.begin(), files.end());
  std::vector<Case> out;
  for (const auto& file : files) {
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
      if (line.rfind("== ", 0) == 0) {
        Case c;
        c.file = file.filename();
        const size_t options = line.find(" [");
        c.name = line.substr(3, options == std::string::npos ? options : options - 3);
        if (options != std::string::npos) {
          std::istringstream words(line.substr(options + 2, line.size() - options - 3));
          for (std::string w; words >> w;) c.options.push_back(w);
        }
        out.push_back(std::move(c));
      } else if (!line.empty() && line[0] != '#' && !out.empty()) {
        out.back().lines.push_back(line);
      }
    }
  }
  return out;
}

std::string unescape(const std::string& s) {
  std::string out;
  for (size_t i = 0; i < s.size(); ++i) {
    size_t star = 0;
    if (s[i] == '<' && (star = s.find('*', i)) != s.npos && star > i + 1 && star + 2 < s.size() && s[star + 2] == '>' &&
        std::all_of(s.begin() + static_cast<long>(i) + 1, s.begin() + static_cast<long>(star), text::isDigit)) {
      out.append(std::stoul(s.substr(i + 1, star - i - 1)), s[star + 1]);
      i = star + 2;
    } else if (s[i] != '\\' || i + 1 == s.size()) {
      out += s[i];
    } else if (const char c = s[++i]; c == 'x' && i + 2 < s.size()) {
      out += static_cast<char>(text::hexValue(s[i + 1]) * 16 + text::hexValue(s[i + 2]));
      i += 2;
    } else {
      out += c == 'r' ? '\r' : c == 'n' ? '\n' : c == 't' ? '\t' : c;
    }
  }
  return out;
}

bool matches(const std::string& expected, const std::string& actual) {
  if (!expected.empty() && expected.back() == '*') {
    return actual.compare(0, expected.size() - 1, expected, 0, expected.size() - 1) == 0;
  }
  return expected == actual;
}

std::pair<std::string, std::string> split(const std::string& s) {
  const size_t blank = s.find(' ');
  return {s.substr(0, blank), blank == std::string::npos ? "" : s.substr(blank + 1)};
}

std::string Dialogue::run(const std::string& plugin) {
  prepare();
  size_t i = 0;
  for (; i < case_.lines.size() && case_.lines[i].rfind("SET:", 0) == 0; ++i) {
    if (auto problem = set(case_.lines[i].substr(5)); !problem.empty()) return where(i) + problem;
  }
  if (!host_.start(plugin)) return where(0) + host_.problem;
  client_ = connect();
  for (; i < case_.lines.size(); ++i) {
    if (auto problem = step(case_.lines[i]); !problem.empty()) return where(i) + problem;
  }
  flush();
  if (const auto rest = leftOver(client_); !rest.empty()) return where(i) + "left over: " + rest;
  if (auto problem = end(); !problem.empty()) return where(i) + problem;
  if (host_.messages != 0) return where(i) + "a message handle was not released";
  if (!host_.violations.empty()) return where(i) + host_.violations.front();
  return {};
}

std::optional<std::string> Dialogue::own(const std::string&, const std::string&) {
  return std::nullopt;
}

bool Dialogue::ownSetting(const std::string&, const std::string&) {
  return false;
}

std::string Dialogue::end() {
  return {};
}

std::string Dialogue::where(size_t i) const {
  return case_.file + ": " + case_.name + mode() + ": " +
         (i < case_.lines.size() ? "\"" + case_.lines[i] + "\": " : "end: ");
}

std::string Dialogue::leftOver(std::unique_ptr<Client>& c) {
  std::string rest = c ? c->take() : "";
  c.reset();
  return rest;
}

void Dialogue::flush() {
  const std::string bytes = std::exchange(waiting_, {});
  if (!octets_) return bytes.empty() ? void() : client_->send(bytes);
  for (const char c : bytes) client_->send({&c, 1});
}

std::string Dialogue::step(const std::string& line) {
  const size_t colon = line.find_first_of(":|");
  const std::string kind = line.substr(0, colon + 1);
  const std::string text = colon + 2 <= line.size() ? line.substr(colon + 2) : "";
  Client& c = *client_;
  if (kind == "C:") return waiting_ += text + "\r\n", "";
  if (kind == "C|") return waiting_ += unescape(text), "";
  flush();
  if (kind == "S:") return expectLine(c, text);
  if (kind == "S|") {
    const std::string expected = unescape(text), actual = c.output.substr(0, expected.size());
    c.output.erase(0, expected.size());
    return actual == expected ? "" : "got \"" + actual + "\"";
  }
  if (kind == "X:") return c.open ? "still open; output: " + c.output : "";
  if (kind == "T:") return c.advance(static_cast<uint32_t>(std::stoul(text))), "";
  if (kind == "DOWN:") return c.shutdown(), "";
  if (kind == "EOF:") return c.finish(), "";
  if (kind == "SET:") return set(text);
  if (kind == "LOG:" || kind == "NOLOG:") return expectLog(text, kind == "LOG:");
  if (kind == "TLS:") {
    if (!c.wantsTls) return "no handshake is wanted; output: " + c.output;
    return c.handshake(), "";
  }
  if (const auto problem = own(kind, text)) return *problem;
  return "unknown directive";
}

std::string Dialogue::set(const std::string& text) {
  const auto [what, rest] = split(text);
  const auto [key, value] = split(rest);
  if ((what == "maxlogins" || what == "notls") && !client_) return "nobody is connected yet";
  if (what == "poolfull") {
    host_.poolFull = key != "0";
  } else if (what == "nomessages") {
    host_.noMessages = true;
  } else if (what == "disk") {
    host_.disk = std::stoull(key);
  } else if (what == "logintemporary") {
    host_.loginTemporary = true;
  } else if (what == "logintext") {
    host_.loginText = rest;
  } else if (what == "maxlogins") {
    client_->maxLoginFailures = std::stoi(key);
  } else if (what == "notls") {
    client_->tlsBroken = true;
  } else if (what == "size") {
    host_.sizes[key] = std::stoull(value);
  } else if (what == "number") {
    host_.numbers[key] = std::stoll(value);
  } else if (what == "switch") {
    host_.switches[key] = value == "on";
  } else if (!ownSetting(what, rest)) {
    return "nothing to set";
  }
  return {};
}

std::string Dialogue::expectLog(const std::string& text, bool wanted) const {
  const bool found =
      std::any_of(host_.log.begin(), host_.log.end(), [&](const auto& l) { return l.find(text) != std::string::npos; });
  if (found == wanted) return "";
  std::string all = found ? "found in:" : "not found in:";
  for (const auto& l : host_.log) all += "\n  " + l;
  return all;
}

std::string Dialogue::expectLine(Client& c, const std::string& expected) {
  const size_t end = c.output.find("\r\n");
  if (end == std::string::npos) return "no line; output: " + c.output + (c.open ? "" : " (closed)");
  const std::string actual = c.output.substr(0, end);
  c.output.erase(0, end + 2);
  return matches(expected, actual) ? "" : "got \"" + actual + "\"";
}

}  // namespace ph::testkit
