#include <ph/draft/host/transport.h>

#include "script.hpp"

#include <memory>
#include <sstream>

namespace {

using ph::testkit::Case;
using ph::testkit::Client;
using ph::testkit::FakeHost;
using ph::testkit::matches;
using ph::testkit::split;
using ph::testkit::unescape;

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

class SmtpDialogue final : public ph::testkit::Dialogue {
 public:
  SmtpDialogue(const Case& c, Mode mode) : Dialogue(c, mode.octets), slow_(mode.slow) {}

 private:
  void prepare() override {
    host_.domains = {"ours.example", "off.example"};
    host_.disabledDomains = {"off.example"};
    host_.accounts = {{"alice@ours.example", "alice"},
                      {"a2@ours.example", "alice"},
                      {"bob@ours.example", "bob"},
                      {"postmaster@mx.example", "alice"},
                      {"j\xc3\xb6rg@ours.example", "joerg"}};
    host_.passwords = {{"alice@ours.example", "secret"}, {"bob", "hunter2"}};
    host_.pipeline.slow = slow_;
    host_.switches["slow_down"] = case_.has("tarpit");
  }

  std::unique_ptr<Client> connect() override {
    const int tls = case_.has("starttls") ? PH_TLS_STARTTLS : case_.has("implicit") ? PH_TLS_IMPLICIT : PH_TLS_NONE;
    const char* protocol = case_.has("submission") ? "submission" : case_.has("lmtp") ? "lmtp" : "smtp";
    return std::make_unique<Client>(host_, protocol, tls, case_.has("plaintext"),
                                    case_.has("loopback") ? "127.0.0.1" : "192.0.2.9",
                                    case_.has("cid") ? "abc123" : "");
  }

  std::string mode() const override { return Dialogue::mode() + (slow_ ? " (slow)" : ""); }
  std::string end() override { return host_.pipeline.live ? "a transaction was not destroyed" : ""; }

  bool ownSetting(const std::string& what, const std::string& rest) override {
    const auto [key, value] = split(rest);
    const std::map<std::string, int32_t> stages = {{"connect", PH_STAGE_CONNECT}, {"helo", PH_STAGE_HELO},
                                                   {"auth", PH_STAGE_AUTH},       {"mail", PH_STAGE_MAIL},
                                                   {"rcpt", PH_STAGE_RCPT},       {"data", PH_STAGE_DATA},
                                                   {"submit", PH_STAGE_SUBMIT},   {"accepted", PH_STAGE_ACCEPTED}};
    if (what == "stage") {
      host_.pipeline.stageVerdicts[stages.at(key)] = verdictOf(value);
    } else if (what == "rcpt") {
      host_.pipeline.recipientVerdicts[key] = verdictOf(value);
    } else if (what == "deliver") {
      host_.pipeline.deliverVerdicts[key] = verdictOf(value);
    } else if (what == "queue") {
      host_.queue.answer = std::stoi(key);
    } else if (what == "notransactions") {
      host_.pipeline.exhausted = true;
    } else if (what == "fact") {
      host_.pipeline.facts[key] = value;
    } else if (what == "dns") {
      setDns(host_, key, value);
    } else if (what == "refused") {
      host_.refusedAddresses[key] = {std::stoi(split(value).first), split(value).second};
    } else if (what == "alias") {
      host_.aliases.insert(key);
    } else {
      return false;
    }
    return true;
  }

  std::optional<std::string> own(const std::string& kind, const std::string& text) override {
    if (kind == "R:") return expectReply(text);
    if (kind == "STORED:") return expectStored(text);
    if (kind == "QUEUED:") return expectQueued(text);
    if (kind == "TRACE:") return expectTrace(text);
    if (kind == "PARAMS:") return expectParams(text);
    if (kind == "SAYS:") {
      return last_.contents.find(unescape(text)) != std::string::npos ? "" : "it says: " + last_.contents;
    }
    if (kind == "WISHES:") return expectWishes(text);
    if (kind == "ASKED:") return expectAsked(text);
    return std::nullopt;
  }

  std::string expectReply(const std::string& code) {
    for (;;) {
      const bool last = client().output.compare(0, code.size() + 1, code + " ") == 0;
      if (auto problem = expectLine(client(), code + (last ? " *" : "-*")); last || !problem.empty()) return problem;
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
    if (p.ret != PH_RET_DEFAULT) actual += p.ret == PH_RET_FULL ? " ret=full" : " ret=hdrs";
    if (!last_.envid.empty()) actual += " envid=" + last_.envid;
    if (p.deliver_by != 0) {
      actual += " by=" + std::to_string(p.deliver_by) + static_cast<char>(p.by_mode);
      if (p.flags & PH_MAIL_BY_TRACE) actual += 'T';
    }
    if (p.priority != 0) actual += " priority=" + std::to_string(p.priority);
    return actual == expected ? "" : "got " + actual;
  }

  std::string expectWishes(const std::string& expected) {
    std::string all;
    for (const auto& r : last_.recipients) {
      std::string notify;
      const std::pair<uint32_t, const char*> names[] = {{PH_NOTIFY_SUCCESS, "success"},
                                                        {PH_NOTIFY_FAILURE, "failure"},
                                                        {PH_NOTIFY_DELAY, "delay"},
                                                        {PH_NOTIFY_NEVER, "never"}};
      for (const auto& [flag, name] : names) {
        if (r.notify & flag) notify += (notify.empty() ? "" : ",") + std::string(name);
      }
      if (!(r.notify & PH_NOTIFY_GIVEN)) notify += "-";
      all += (all.empty() ? "" : " ") + notify + " " + (r.orcpt.empty() ? "-" : r.orcpt);
    }
    return all == expected ? "" : "got " + all;
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

  const bool slow_;
  ph::testkit::Mail last_;
};

}  // namespace

std::string runCase(const Case& c, Mode mode, const std::string& plugin) {
  return SmtpDialogue(c, mode).run(plugin);
}
