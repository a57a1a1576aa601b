#include "script.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "ph/text/ascii.hpp"
#include "testkit/fake_host.hpp"

namespace {

using ph::testkit::Client;
using ph::testkit::FakeHost;

std::string unescape(const std::string& s) {
  std::string out;
  for (size_t i = 0; i < s.size(); ++i) {
    size_t star = 0;
    if (s[i] == '<' && (star = s.find('*', i)) != s.npos && star + 2 < s.size() && s[star + 2] == '>' &&
        std::all_of(s.begin() + static_cast<long>(i) + 1, s.begin() + static_cast<long>(star), ph::text::isDigit)) {
      out.append(std::stoul(s.substr(i + 1, star - i - 1)), s[star + 1]);
      i = star + 2;
    } else if (s[i] != '\\' || i + 1 == s.size()) {
      out += s[i];
    } else if (const char c = s[++i]; c == 'x' && i + 2 < s.size()) {
      out += static_cast<char>(ph::text::hexValue(s[i + 1]) * 16 + ph::text::hexValue(s[i + 2]));
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

class Runner {
 public:
  Runner(const Case& c, bool octets, const std::string& plugin) : case_(c), octets_(octets), plugin_(plugin) {}

  std::string run() {
    host_.accounts = {{"alice@ours.example", "alice"}};
    host_.passwords = {{"alice@ours.example", "secret"}, {"lost", "secret"}};
    host_.sizes["append_limit"] = 5000;
    host_.store.add("alice");
    host_.nowMs = 1'700'000'000'000;
    if (case_.has("three")) {
      for (const char* subject : {"one", "two", "three"}) {
        host_.store.deliver("alice", "INBOX",
                            std::string("Subject: ") + subject + "\r\nFrom: a@b.example\r\n\r\nbody\r\n",
                            1'600'000'000);
      }
    }
    size_t i = 0;
    for (; i < case_.lines.size() && case_.lines[i].rfind("SET:", 0) == 0; ++i) set(case_.lines[i].substr(5));
    if (!host_.start(plugin_)) return where(0) + host_.problem;
    const bool in = case_.has("in") || case_.has("inbox");
    const int tls = case_.has("starttls")         ? PH_TLS_STARTTLS
                    : case_.has("implicit") || in ? PH_TLS_IMPLICIT
                                                  : PH_TLS_NONE;
    clients_[0] = std::make_unique<Client>(host_, "imap", tls, case_.has("plaintext"));
    if (in) prepare(*clients_[0], case_.has("inbox"));
    for (; i < case_.lines.size(); ++i) {
      if (auto problem = step(case_.lines[i]); !problem.empty()) return where(i) + problem;
    }
    flush();
    for (auto& c : clients_) {
      if (const auto rest = c ? c->take() : ""; !rest.empty()) return where(i) + "left over: " + rest;
      c.reset();
    }
    const auto& store = host_.store;
    if (host_.messages || store.views || store.opened || store.watches) return where(i) + "a handle was not released";
    return {};
  }

 private:
  static void prepare(Client& c, bool select) {
    c.send("in LOGIN alice@ours.example secret\r\n");
    if (select) c.send("sel SELECT INBOX\r\n");
    c.take();
  }

  Client& second() {
    if (!clients_[1]) {
      clients_[1] = std::make_unique<Client>(host_, "imap", PH_TLS_IMPLICIT);
      prepare(*clients_[1], true);
    }
    return *clients_[1];
  }

  void set(const std::string& text) {
    const auto [what, rest] = split(text);
    const auto [key, value] = split(rest);
    if (what == "poolfull") host_.poolFull = key != "0";
    if (what == "nomessages") host_.noMessages = true;
    if (what == "disk") host_.disk = std::stoull(key);
    if (what == "logintemporary") host_.loginTemporary = true;
    if (what == "logintext") host_.loginText = rest;
    if (what == "writefails") host_.store.writeFails = std::stoi(key);
    if (what == "maxlogins") clients_[0]->maxLoginFailures = std::stoi(key);
    if (what == "notls") clients_[0]->tlsBroken = true;
    if (what == "number") host_.numbers[key] = std::stoll(value);
    if (what == "forgotten") {
      auto& m = host_.store.mailbox("alice", "INBOX");
      m.forgotten = m.modseq;
    }
    if (what == "quota") host_.store.accounts.at("alice")->quota = std::stoull(key);
    if (what == "nested") host_.store.mailbox("alice", key);
  }

  std::string where(size_t i) const {
    return case_.file + ": " + case_.name + (octets_ ? " (octets)" : "") + ": " +
           (i < case_.lines.size() ? "\"" + case_.lines[i] + "\": " : "end: ");
  }

  void flush() {
    const std::string bytes = std::exchange(waiting_, {});
    if (!octets_) return bytes.empty() ? void() : clients_[0]->send(bytes);
    for (const char c : bytes) clients_[0]->send({&c, 1});
  }

  std::string step(const std::string& line) {
    const size_t colon = line.find_first_of(":|");
    const std::string kind = line.substr(0, colon + 1);
    const std::string text = colon + 2 <= line.size() ? line.substr(colon + 2) : "";
    Client& c = *clients_[0];
    if (kind == "C:") return waiting_ += text + "\r\n", "";
    if (kind == "C|") return waiting_ += unescape(text), "";
    flush();
    if (kind == "S:") return expectLine(c, text);
    if (kind == "S|") return expectBytes(c, unescape(text));
    if (kind == "2C:") return second().send(text + "\r\n"), "";
    if (kind == "2S:") return expectLine(second(), text);
    if (kind == "X:") return c.open ? "still open; output: " + c.output : "";
    if (kind == "T:") return c.advance(static_cast<uint32_t>(std::stoul(text))), "";
    if (kind == "DOWN:") return c.shutdown(), "";
    if (kind == "EOF:") return c.finish(), "";
    if (kind == "SET:") return set(text), "";
    if (kind == "MAIL:") {
      const auto [mailbox, bytes] = split(text);
      host_.store.deliver("alice", mailbox, unescape(bytes), 1'600'000'000);
      return host_.deliverWakes(), "";
    }
    if (kind == "LOG:" || kind == "NOLOG:") {
      const bool found = std::any_of(host_.log.begin(), host_.log.end(),
                                     [&](const auto& l) { return l.find(text) != std::string::npos; });
      if (found == (kind == "LOG:")) return "";
      std::string all = found ? "found in:" : "not found in:";
      for (const auto& l : host_.log) all += "\n  " + l;
      return all;
    }
    if (kind == "TLS:") {
      if (!c.wantsTls) return "no handshake is wanted; output: " + c.output;
      return c.handshake(), "";
    }
    return "unknown directive";
  }

  static std::string expectLine(Client& c, const std::string& expected) {
    const size_t end = c.output.find("\r\n");
    if (end == std::string::npos) return "no line; output: " + c.output + (c.open ? "" : " (closed)");
    const std::string actual = c.output.substr(0, end);
    c.output.erase(0, end + 2);
    return matches(expected, actual) ? "" : "got \"" + actual + "\"";
  }

  static std::string expectBytes(Client& c, const std::string& expected) {
    const std::string actual = c.output.substr(0, expected.size());
    c.output.erase(0, expected.size());
    return actual == expected ? "" : "got \"" + actual + "\"";
  }

  const Case& case_;
  const bool octets_;
  const std::string& plugin_;
  FakeHost host_;
  std::unique_ptr<Client> clients_[2];
  std::string waiting_;
};

}  // namespace

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

std::string runCase(const Case& c, bool octets, const std::string& plugin) {
  return Runner(c, octets, plugin).run();
}
