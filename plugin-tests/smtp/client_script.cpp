#include "client_script.hpp"

#include <algorithm>
#include <map>
#include <sstream>

namespace {

using namespace ph::testkit;

std::vector<std::string> splitBy(const std::string& text, char separator) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);) out.push_back(part);
  return out;
}

struct Words {
  std::map<std::string, std::string> values;
  explicit Words(const std::string& text) {
    for (const auto& word : splitBy(text, ' ')) {
      const size_t equals = word.find('=');
      values[word.substr(0, equals)] = equals == word.npos ? "" : unescape(word.substr(equals + 1));
    }
  }
  bool has(const char* key) const { return values.contains(key); }
  std::string text(const char* key, const char* otherwise = "") const {
    const auto found = values.find(key);
    return found == values.end() ? otherwise : found->second;
  }
  int number(const char* key) const { return has(key) ? std::stoi(values.at(key)) : 0; }
};

const std::map<std::string, uint32_t> kMailFlags = {{"utf8", PH_MAIL_SMTPUTF8},
                                                    {"8bit", PH_MAIL_8BITMIME},
                                                    {"binary", PH_MAIL_BINARYMIME},
                                                    {"requiretls", PH_MAIL_REQUIRETLS},
                                                    {"optional", PH_MAIL_TLS_OPTIONAL}};
const std::map<std::string, uint32_t> kNotify = {{"success", PH_NOTIFY_SUCCESS},
                                                 {"failure", PH_NOTIFY_FAILURE},
                                                 {"delay", PH_NOTIFY_DELAY},
                                                 {"never", PH_NOTIFY_NEVER}};
const std::map<std::string, int32_t> kTls = {{"opportunistic", PH_ROUTE_TLS_OPPORTUNISTIC},
                                             {"required", PH_ROUTE_TLS_REQUIRED},
                                             {"implicit", PH_ROUTE_TLS_IMPLICIT},
                                             {"none", PH_ROUTE_TLS_NONE},
                                             {"unverified", PH_ROUTE_TLS_UNVERIFIED}};
const std::map<std::string, int32_t> kLevels = {
    {"any", PH_MX_ANY}, {"encrypted", PH_MX_ENCRYPTED}, {"pkix", PH_MX_PKIX}, {"dane", PH_MX_DANE}};
const std::map<std::string, int> kTypes = {{"MX", PH_DNS_MX}, {"A", PH_DNS_A}, {"AAAA", PH_DNS_AAAA}};
constexpr const char* kOutcomes[] = {"delivered", "temporary", "permanent"};
constexpr const char* kVerify[] = {"none", "pkix", "dane"};

class Runner {
 public:
  Runner(const Case& c, bool octets) : case_(c), octets_(octets) {
    host_.dns.offered = true;
    setDns("remote.example MX 10 mx1.remote.example");
    setDns("mx1.remote.example A 192.0.2.10");
    setDns("mx2.remote.example A 192.0.2.20");
  }

  std::string run(const std::string& plugin) {
    if (!host_.start(plugin)) return host_.problem;
    for (const auto& line : case_.lines) {
      if (const auto problem = step(line); !problem.empty()) {
        return case_.file + ": " + case_.name + (octets_ ? " (octets)" : "") + ": \"" + line + "\": " + problem;
      }
    }
    peer_.reset();
    host_.connections.waiting.clear();
    host_.runJobs();
    const std::string where = case_.file + ": " + case_.name + ": ";
    if (!attempt_ || !attempt_->ended) return where + "the attempt is not over";
    if (!host_.violations.empty()) return where + host_.violations.front();
    if (host_.messages != 0) return where + "a message handle was not released";
    return {};
  }

 private:
  std::string step(const std::string& line) {
    const size_t colon = line.find_first_of(":|");
    const std::string kind = line.substr(0, colon + 1);
    const std::string text = colon + 2 <= line.size() ? line.substr(colon + 2) : "";
    if (kind == "DEST:") return setDestination(Words(text));
    if (kind == "DNS:") return setDns(text);
    if (kind == "POLICY:") return setPolicy(text);
    if (kind == "MAIL:") return addMail(Words(text));
    if (!attempt_) {
      if (mails_.empty()) addMail(Words("from=alice@ours.example"));
      attempt_ = &host_.attempts.begin(host_, "smtp", destination_, mails_);
      host_.runJobs();
    }
    const auto problem = act(kind, text);
    host_.runJobs();
    return problem;
  }

  std::string act(const std::string& kind, const std::string& text) {
    if (kind == "HELLO:") return hello(text);
    if (kind == "SENT:") return expectSent();
    if (kind == "CONNECT:" || kind == "REFUSE:") return expectConnect(text, kind == "CONNECT:");
    if (kind == "R:") return expectResult(text);
    if (kind == "NOTE:") return expectNote(text);
    if (kind == "HINT:") return attempt_->hint == unescape(text) ? "" : "got " + attempt_->hint;
    if (kind == "LEFT:") return std::to_string(attempt_->waiting.size()) == text ? "" : "other";
    if (kind == "ASKED:") return expectAsked(text);
    if (kind == "END:") return expectEnd();
    if (kind == "CANCEL:") {
      if (attempt_->ended) return "it is over";
      host_.attempts.cancel("smtp", *attempt_);
      host_.deliverWakes();
      return {};
    }
    if (!client_) return "nobody is connected";
    Client& c = *client_;
    if (kind == "S:") return say(text + "\r\n"), "";
    if (kind == "S|") return say(unescape(text)), "";
    if (kind == "C:") return expectLine(text);
    if (kind == "C|") {
      const std::string expected = unescape(text), actual = c.output.substr(0, expected.size());
      c.output.erase(0, expected.size());
      return actual == expected ? "" : "got \"" + actual + "\"";
    }
    if (kind == "LINES:") return expectLines(std::stoul(text));
    if (kind == "TLS:") return expectTls(text);
    if (kind == "TLSFAIL:") return c.wantsTls ? (c.failHandshake(text), "") : "no handshake is wanted";
    if (kind == "EOF:") return c.finish(), "";
    if (kind == "RESET:") return c.reset(), "";
    if (kind == "T:") return c.advance(static_cast<uint32_t>(std::stoul(text))), "";
    if (kind == "DOWN:") return c.shutdown(), "";
    if (kind == "X:") return !c.open && c.output.empty() ? "" : c.open ? "still open; output: " + c.output : c.output;
    return "unknown directive";
  }

  std::string hello(const std::string& extensions) {
    if (auto problem = expectConnect("192.0.2.10", true); !problem.empty()) return problem;
    say("220 mx1.remote.example ESMTP\r\n");
    if (auto problem = expectLine("EHLO mx.ours.example"); !problem.empty()) return problem;
    return offer(extensions), "";
  }

  void offer(const std::string& extensions) {
    const auto list = splitBy(extensions, '|');
    std::string reply = list.empty() ? "250 mx1.remote.example\r\n" : "250-mx1.remote.example\r\n";
    for (size_t i = 0; i < list.size(); ++i) reply += (i + 1 < list.size() ? "250-" : "250 ") + list[i] + "\r\n";
    say(reply);
  }

  std::string expectSent() {
    for (const auto* line : {"Subject: x", "", "hello", "."}) {
      if (auto problem = expectLine(line); !problem.empty()) return problem;
    }
    return {};
  }

  std::string expectLines(size_t n) {
    for (size_t i = 0; i < n; ++i) {
      if (auto problem = expectLine(std::string(62, 'x')); !problem.empty()) return problem;
    }
    return {};
  }

  void say(const std::string& bytes) {
    if (!octets_) return client_->send(bytes);
    for (const char c : bytes) client_->send({&c, 1});
  }

  std::string expectLine(const std::string& expected) {
    const size_t end = client_->output.find("\r\n");
    if (end == std::string::npos) return "no line; output: " + client_->output + (client_->open ? "" : " (closed)");
    const std::string actual = client_->output.substr(0, end);
    client_->output.erase(0, end + 2);
    return matches(expected, actual) ? "" : "got \"" + actual + "\"";
  }

  std::string expectConnect(const std::string& text, bool answer) {
    if (client_ && !client_->output.empty()) return "left over: " + client_->output;
    client_ = nullptr;
    if (host_.connections.waiting.empty()) return "no connection is asked for";
    auto peer = std::move(host_.connections.waiting.front());
    host_.connections.waiting.pop_front();
    std::string wanted;
    size_t answering = 0;
    for (auto word : splitBy(text, ' ')) {
      if (word.front() == '*') {
        word.erase(0, 1);
        answering = static_cast<size_t>(std::count(wanted.begin(), wanted.end(), ' '));
      }
      wanted += word + ' ';
    }
    std::string actual;
    for (const auto& a : peer->addresses) actual += a + ' ';
    if (!peer->proxy.empty()) actual += "proxy=" + peer->proxy + ' ';
    if (peer->tls) actual += std::string("tls=") + kVerify[peer->tls->verify] + ' ';
    if (actual != wanted) return "asked for " + actual;
    peer_ = std::move(peer);
    if (answer) {
      client_ = &peer_->accept(answering);
    } else {
      peer_->refuse("Connection refused");
    }
    return {};
  }

  std::string expectTls(const std::string& text) {
    if (!client_->wantsTls) return "no handshake is wanted; output: " + client_->output;
    const TlsAsked& t = *client_->tlsAsked;
    std::string actual = kVerify[t.verify];
    for (const auto& n : t.names) actual += ' ' + n;
    if (actual != text) return "asked for " + actual;
    client_->handshake();
    return {};
  }

  std::string expectResult(const std::string& text) {
    if (seen_ == attempt_->results.size()) {
      return attempt_->overall ? "no result, but overall: " + attempt_->overall->text : "no result";
    }
    const AttemptOutcome& r = attempt_->results[seen_++];
    std::string flags;
    for (const auto& [flag, name] :
         {std::pair(PH_ATTEMPT_DSN, "dsn"), {PH_ATTEMPT_LOCAL, "local"}, {PH_ATTEMPT_BODY_SENT, "sent"}}) {
      if (r.flags & flag) flags += (flags.empty() ? "" : ",") + std::string(name);
    }
    std::string words = r.text;
    std::replace(words.begin(), words.end(), '\n', '/');
    const std::string actual = r.recipient + ' ' + kOutcomes[r.outcome] + ' ' + std::to_string(r.code) + ' ' +
                               (r.enhanced.empty() ? "-" : r.enhanced) + ' ' + (flags.empty() ? "-" : flags) + ' ' +
                               words;
    return matches(text, actual) ? "" : "got " + actual;
  }

  std::string expectNote(const std::string& text) const {
    std::string all;
    for (const auto& n : attempt_->notes) {
      if (n.find(text) != n.npos) return {};
      all += "\n  " + n;
    }
    return "not among:" + all;
  }

  std::string expectAsked(const std::string& text) {
    std::string all;
    for (const auto& q : host_.mxPolicies.asked) all += (all.empty() ? "" : ", ") + q;
    return all == text ? "" : "got " + all;
  }

  std::string expectEnd() {
    if (client_ && !client_->output.empty()) return "left over: " + client_->output;
    if (client_ && client_->open) return "a connection is open";
    if (!host_.connections.waiting.empty()) return "a connection is asked for";
    if (!attempt_->ended) return "not over";
    if (seen_ < attempt_->results.size()) return "another result: " + attempt_->results[seen_].text;
    if (attempt_->overall) return "overall: " + attempt_->overall->text;
    return {};
  }

  std::string setDestination(const Words& w) {
    Destination& d = destination_;
    if (w.text("route") == "host") d.route = PH_ROUTE_HOST;
    if (w.has("host")) d.host = w.text("host");
    if (w.has("domain")) d.domain = w.text("domain");
    if (w.has("port")) d.port = static_cast<uint16_t>(w.number("port"));
    if (w.has("tls")) d.tls = kTls.at(w.text("tls"));
    d.lmtp = w.has("lmtp");
    if (w.has("families")) d.families = w.text("families") == "4" ? PH_ROUTE_IPV4 : PH_ROUTE_IPV6;
    if (w.has("helo")) d.helo = w.text("helo");
    d.username = w.text("user");
    d.password = w.text("password");
    d.mechanisms = w.text("mechanisms");
    std::replace(d.mechanisms.begin(), d.mechanisms.end(), ',', ' ');
    d.proxy = w.text("proxy");
    d.proxyPort = 1080;
    d.sourceIpv4 = w.text("source4");
    d.earlier = static_cast<uint32_t>(w.number("earlier"));
    d.hint = w.text("hint");
    std::replace(d.hint.begin(), d.hint.end(), '_', ' ');
    return {};
  }

  std::string setDns(const std::string& text) {
    const auto [name, rest] = split(text);
    auto [type, value] = split(rest);
    DnsEntry e;
    if (value.ends_with(" secure")) {
      value.resize(value.size() - 7);
      e.security = PH_DNS_SECURE;
    }
    if (value == "temporary") {
      e.outcome = PH_DNS_TEMPORARY;
    } else if (value == "none") {
      e.outcome = PH_DNS_NO_DATA;
    } else {
      e.values = splitBy(value, '|');
    }
    host_.dns.entries[{name, kTypes.at(type)}] = e;
    return {};
  }

  std::string setPolicy(const std::string& text) {
    const auto [name, rest] = split(text);
    const Words w(rest);
    ph::MxAnswer a;
    a.level = kLevels.at(w.text("level", "any"));
    a.refuse = w.has("refuse");
    a.text = w.text("text");
    a.names = splitBy(w.text("names"), ',');
    if (a.level == PH_MX_DANE) a.records = {"record"};
    host_.mxPolicies.answers[name] = a;
    return {};
  }

  std::string addMail(const Words& w) {
    Delivery d;
    d.reversePath = w.text("from", "alice@ours.example");
    uint32_t notify = w.has("notify") ? PH_NOTIFY_GIVEN : 0;
    for (const auto& n : splitBy(w.text("notify"), ',')) notify |= kNotify.at(n);
    for (const auto& r : splitBy(w.text("to", "bob@remote.example"), ','))
      d.recipients.push_back({r, notify, w.text("orcpt")});
    for (const auto& f : splitBy(w.text("flags"), ',')) d.flags |= kMailFlags.at(f);
    if (w.has("body")) d.contents = w.text("body");
    std::replace(d.contents.begin(), d.contents.end(), '_', ' ');
    if (w.has("size")) {
      d.contents.clear();
      while (d.contents.size() < static_cast<size_t>(w.number("size"))) d.contents += std::string(62, 'x') + "\r\n";
    }
    if (w.has("ret")) d.ret = w.text("ret") == "full" ? PH_RET_FULL : PH_RET_HDRS;
    d.envid = w.text("envid");
    d.priority = w.number("priority");
    if (w.has("by")) {
      const auto by = splitBy(w.text("by"), ';');
      d.deliverBy = static_cast<int64_t>(host_.nowMs) / 1000 + std::stoi(by.at(0));
      d.byMode = by.at(1)[0];
    }
    mails_.push_back(std::move(d));
    return {};
  }

  const Case& case_;
  const bool octets_;
  FakeHost host_;
  Destination destination_;
  std::vector<Delivery> mails_;
  ph_attempt* attempt_ = nullptr;
  std::unique_ptr<Peer> peer_;
  Client* client_ = nullptr;  // peer_'s
  size_t seen_ = 0;           // of the results
};

}  // namespace

std::string runClientCase(const Case& c, bool octets, const std::string& plugin) {
  return Runner(c, octets).run(plugin);
}
