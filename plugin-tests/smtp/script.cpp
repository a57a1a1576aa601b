#include "script.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "ph/text/ascii.hpp"
#include "testkit/fake_host.hpp"

namespace {

using ph::testkit::Client;
using ph::testkit::FakeHost;

std::string unescape(const std::string& s) {
  std::string out;
  for (size_t i = 0; i < s.size(); ++i) {
    if (s[i] != '\\' || i + 1 == s.size()) {
      out += s[i];
      continue;
    }
    const char c = s[++i];
    if (c == 'x' && i + 2 < s.size()) {
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

// "word rest" -> word, rest
std::pair<std::string, std::string> split(const std::string& s) {
  const size_t blank = s.find(' ');
  return {s.substr(0, blank), blank == std::string::npos ? "" : s.substr(blank + 1)};
}

ph_verdict verdictOf(const std::string& text) {
  std::istringstream in(text);
  std::string kind, enhanced, rest;
  int code = 0;
  in >> kind >> code >> enhanced;
  std::getline(in >> std::ws, rest);
  const std::map<std::string, int32_t> kinds = {
      {"continue", PH_VERDICT_CONTINUE}, {"junk", PH_VERDICT_JUNK},     {"discard", PH_VERDICT_DISCARD},
      {"tempfail", PH_VERDICT_TEMPFAIL}, {"reject", PH_VERDICT_REJECT}, {"disconnect", PH_VERDICT_DISCONNECT}};
  return ph::testkit::Pipeline::verdict(kinds.at(kind), code, enhanced == "-" ? "" : enhanced, rest);
}

// "name TYPE value": MX, A or AAAA; the value "temporary" stands for a failure.
void setDns(FakeHost& host, const std::string& name, const std::string& text) {
  const auto [type, value] = split(text);
  const std::map<std::string, int> types = {{"A", PH_DNS_A}, {"AAAA", PH_DNS_AAAA}, {"MX", PH_DNS_MX}};
  host.dns.offered = true;
  if (type == "none") return;
  auto& entry = host.dns.entries[{name, types.at(type)}];
  if (value == "temporary") {
    entry.outcome = PH_DNS_TEMPORARY;
  } else {
    entry.values.push_back(value);
  }
}

void set(FakeHost& host, Client* client, const std::string& text) {
  const auto [what, rest] = split(text);
  const auto [key, value] = split(rest);
  const std::map<std::string, int32_t> stages = {{"connect", PH_STAGE_CONNECT}, {"helo", PH_STAGE_HELO},
                                                 {"auth", PH_STAGE_AUTH},       {"mail", PH_STAGE_MAIL},
                                                 {"rcpt", PH_STAGE_RCPT},       {"data", PH_STAGE_DATA},
                                                 {"submit", PH_STAGE_SUBMIT},   {"accepted", PH_STAGE_ACCEPTED}};
  if (what == "stage") host.pipeline.stageVerdicts[stages.at(key)] = verdictOf(value);
  if (what == "rcpt") host.pipeline.recipientVerdicts[key] = verdictOf(value);
  if (what == "deliver") host.pipeline.deliverVerdicts[key] = verdictOf(value);
  if (what == "queue") host.queue.answer = std::stoi(key);
  if (what == "disk") host.disk = std::stoull(key);
  if (what == "nomessages") host.noMessages = true;
  if (what == "poolfull") host.poolFull = true;
  if (what == "notransactions") host.pipeline.exhausted = true;
  if (what == "logintemporary") host.loginTemporary = true;
  if (what == "logintext") host.loginText = rest;
  if (what == "maxlogins" && client) client->maxLoginFailures = std::stoi(key);
  if (what == "notls" && client) client->tlsBroken = true;
  if (what == "size") host.sizes[key] = std::stoull(value);
  if (what == "number") host.numbers[key] = std::stoll(value);
  if (what == "switch") host.switches[key] = value == "on";
  if (what == "fact") host.pipeline.facts[key] = value;
  if (what == "dns") setDns(host, key, value);
  if (what == "refused") host.refusedAddresses[key] = {std::stoi(split(value).first), split(value).second};
  if (what == "alias") host.aliases.insert(key);
}

class Runner {
 public:
  Runner(const Case& c, Mode mode, const std::string& plugin) : case_(c), mode_(mode), plugin_(plugin) {}

  std::string run() {
    host_.domains = {"ours.example", "off.example"};
    host_.disabledDomains = {"off.example"};
    host_.accounts = {{"alice@ours.example", "alice"},
                      {"a2@ours.example", "alice"},
                      {"bob@ours.example", "bob"},
                      {"postmaster@mx.example", "alice"},
                      {"j\xc3\xb6rg@ours.example", "joerg"}};
    host_.passwords = {{"alice@ours.example", "secret"}, {"bob", "hunter2"}};
    host_.pipeline.slow = mode_.slow;
    host_.switches["slow_down"] = case_.has("tarpit");
    size_t i = 0;
    for (; i < case_.lines.size() && case_.lines[i].rfind("SET:", 0) == 0; ++i)
      set(host_, nullptr, case_.lines[i].substr(5));
    if (!host_.start(plugin_)) return where(0) + host_.problem;
    const int tls = case_.has("starttls") ? PH_TLS_STARTTLS : case_.has("implicit") ? PH_TLS_IMPLICIT : PH_TLS_NONE;
    const char* protocol = case_.has("submission") ? "submission" : case_.has("lmtp") ? "lmtp" : "smtp";
    client_ =
        std::make_unique<Client>(host_, protocol, tls, case_.has("plaintext"),
                                 case_.has("loopback") ? "127.0.0.1" : "192.0.2.9", case_.has("cid") ? "abc123" : "");
    for (; i < case_.lines.size(); ++i) {
      if (auto problem = step(case_.lines[i]); !problem.empty()) return where(i) + problem;
    }
    flush();
    if (const auto rest = client_->take(); !rest.empty()) return where(i) + "left over: " + rest;
    client_.reset();
    if (host_.messages != 0) return where(i) + "a message handle was not released";
    if (host_.pipeline.live != 0) return where(i) + "a transaction was not destroyed";
    return {};
  }

 private:
  std::string where(size_t i) const {
    return case_.file + ": " + case_.name + (mode_.octets ? " (octets)" : "") + (mode_.slow ? " (slow)" : "") + ": " +
           (i < case_.lines.size() ? "\"" + case_.lines[i] + "\": " : "end: ");
  }

  void flush() {
    const std::string bytes = std::exchange(waiting_, {});
    if (!mode_.octets) return bytes.empty() ? void() : client_->send(bytes);
    for (const char c : bytes) client_->send({&c, 1});
  }

  std::string step(const std::string& line) {
    const size_t colon = line.find_first_of(":|");
    const std::string kind = line.substr(0, colon + 1);
    const std::string text = colon + 2 <= line.size() ? line.substr(colon + 2) : "";
    if (kind == "C:") return waiting_ += text + "\r\n", "";
    if (kind == "C|") return waiting_ += unescape(text), "";
    flush();
    if (kind == "S:") return expectLine(text);
    if (kind == "R:") return expectReply(text);
    if (kind == "X:") return client_->open ? "still open; output: " + client_->output : "";
    if (kind == "T:") return client_->advance(static_cast<uint32_t>(std::stoul(text))), "";
    if (kind == "DOWN:") return client_->shutdown(), "";
    if (kind == "EOF:") return client_->finish(), "";
    if (kind == "SET:") return set(host_, client_.get(), text), "";
    if (kind == "STORED:") return expectStored(text);
    if (kind == "QUEUED:") return expectQueued(text);
    if (kind == "TRACE:") return expectTrace(text);
    if (kind == "PARAMS:") return expectParams(text);
    if (kind == "ASKED:") return expectAsked(text);
    if (kind == "LOG:" || kind == "NOLOG:") {
      const bool found = std::any_of(host_.log.begin(), host_.log.end(),
                                     [&](const auto& l) { return l.find(text) != std::string::npos; });
      if (found == (kind == "LOG:")) return "";
      std::string all = found ? "found in:" : "not found in:";
      for (const auto& l : host_.log) all += "\n  " + l;
      return all;
    }
    if (kind == "TLS:") {
      if (!client_->wantsTls) return "no handshake is wanted; output: " + client_->output;
      return client_->handshake(), "";
    }
    return "unknown directive";
  }

  std::string expectLine(const std::string& expected) {
    const size_t end = client_->output.find("\r\n");
    if (end == std::string::npos) return "no reply; output: " + client_->output + (client_->open ? "" : " (closed)");
    const std::string actual = client_->output.substr(0, end);
    client_->output.erase(0, end + 2);
    return matches(expected, actual) ? "" : "got \"" + actual + "\"";
  }

  std::string expectReply(const std::string& code) {
    for (;;) {
      const bool last = client_->output.compare(0, code.size() + 1, code + " ") == 0;
      if (auto problem = expectLine(code + (last ? " *" : "-*")); last || !problem.empty()) return problem;
    }
  }

  std::string expectStored(const std::string& text) {
    auto& all = host_.pipeline.stored;
    if (text == "none")
      return all.empty() ? "" : "stored for " + all.front().account + ": " + all.front().mail.contents;
    if (all.empty()) return "nothing was stored";
    const auto [account, contents] = split(text);
    const auto stored = all.front();
    all.erase(all.begin());
    last_ = stored.mail;
    if (stored.account != account) return "stored for " + stored.account;
    return matches(unescape(contents), stored.mail.contents) ? "" : "stored: " + stored.mail.contents;
  }

  std::string expectQueued(const std::string& text) {
    auto& all = host_.queue.submitted;
    if (text == "none") return all.empty() ? "" : "queued: " + all.front().contents;
    if (all.empty()) return "nothing was queued";
    const auto [from, more] = split(text);
    const auto [to, contents] = split(more);
    last_ = all.front();
    all.erase(all.begin());
    std::string recipients;
    for (const auto& r : last_.recipients) recipients += (recipients.empty() ? "" : ",") + r.forwardPath;
    if (from != "<" + last_.reversePath + ">" || to != recipients)
      return "queued: " + last_.reversePath + " " + recipients;
    return matches(unescape(contents), last_.contents) ? "" : "queued: " + last_.contents;
  }

  std::string expectParams(const std::string& expected) {
    const ph_mail_params& p = last_.params;
    std::string actual;
    const std::pair<uint32_t, const char*> names[] = {{PH_MAIL_SMTPUTF8, "smtputf8 "},
                                                      {PH_MAIL_8BITMIME, "8bitmime "},
                                                      {PH_MAIL_BINARYMIME, "binarymime "},
                                                      {PH_MAIL_REQUIRETLS, "requiretls "},
                                                      {PH_MAIL_TLS_OPTIONAL, "tlsoptional "}};
    for (const auto& [flag, name] : names) {
      if (p.flags & flag) actual += name;
    }
    actual += "size=" + std::to_string(p.declared_size) + " hold=" + std::to_string(p.hold_until);
    return actual == expected ? "" : "got " + actual;
  }

  std::string expectAsked(const std::string& expected) {
    std::string all;
    for (const auto& q : std::exchange(host_.dns.asked, {})) all += (all.empty() ? "" : ", ") + q;
    return (expected == "nothing" ? "" : expected) == all ? "" : "asked: " + all;
  }

  std::string expectTrace(const std::string& text) {
    const auto [name, value] = split(text);
    for (const auto& [n, v] : last_.trace) {
      if (n == name) return matches(value, v) ? "" : "got " + v;
    }
    return value == "none" ? "" : "no such field";
  }

  const Case& case_;
  Mode mode_;
  const std::string& plugin_;
  FakeHost host_;
  std::unique_ptr<Client> client_;
  std::string waiting_;
  ph::testkit::Mail last_;
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

std::string runCase(const Case& c, Mode mode, const std::string& plugin) {
  return Runner(c, mode, plugin).run();
}
