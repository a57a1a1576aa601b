#include "script.hpp"

#include <memory>
#include <sstream>
#include <utility>

#include "ph/imap/rights.hpp"

namespace {

using ph::testkit::Case;
using ph::testkit::Client;
using ph::testkit::split;
using ph::testkit::unescape;

class ImapDialogue final : public ph::testkit::Dialogue {
 public:
  using Dialogue::Dialogue;

 private:
  void prepare() override {
    host_.accounts = {{"alice@ours.example", "alice"}, {"bob@ours.example", "bob"}};
    host_.passwords = {{"alice@ours.example", "secret"}, {"bob@ours.example", "secret"}, {"lost", "secret"}};
    host_.sizes["append_limit"] = 5000;
    host_.store.add("alice");
    host_.nowMs = 1'700'000'000'000;
    if (case_.has("bob")) host_.store.add("bob");
    if (!case_.has("three")) return;
    for (const char* subject : {"one", "two", "three"}) {
      host_.store.deliver("alice", "INBOX",
                          std::string("Subject: ") + subject + "\r\nFrom: a@b.example\r\n\r\nbody\r\n", 1'600'000'000);
    }
  }

  std::unique_ptr<Client> connect() override {
    const bool in = case_.has("in") || case_.has("inbox");
    const int tls = case_.has("starttls")         ? PH_TLS_STARTTLS
                    : case_.has("implicit") || in ? PH_TLS_IMPLICIT
                                                  : PH_TLS_NONE;
    auto c = std::make_unique<Client>(host_, "imap", tls, case_.has("plaintext"));
    if (in) logIn(*c, case_.has("inbox"));
    return c;
  }

  static void logIn(Client& c, bool select, const std::string& user = "alice") {
    c.send("in LOGIN " + user + "@ours.example secret\r\n");
    if (select) c.send("sel SELECT INBOX\r\n");
    c.take();
  }

  Client& second() {
    if (!second_) {
      second_ = std::make_unique<Client>(host_, "imap", PH_TLS_IMPLICIT);
      case_.has("bob") ? logIn(*second_, false, "bob") : logIn(*second_, true);
    }
    return *second_;
  }

  bool ownSetting(const std::string& what, const std::string& rest) override {
    if (what == "writefails") {
      host_.store.writeFails = std::stoi(rest);
    } else if (what == "forgotten") {
      auto& m = host_.store.mailbox("alice", "INBOX");
      m.forgotten = m.modseq;
    } else if (what == "slow") {
      host_.store.slowMs = std::stoull(rest);
    } else if (what == "noindex") {
      host_.store.indexed = false;
    } else if (what == "quota") {
      host_.store.accounts.at("alice")->quota = std::stoull(rest);
    } else if (what == "list") {
      const auto [key, value] = split(rest);
      host_.lists[key].push_back(value);
    } else if (what == "acl") {
      // OWNER WHO RIGHTS MAILBOX, which is made.
      std::istringstream in(rest);
      std::string owner, who, rights, mailbox;
      in >> owner >> who >> rights >> std::ws;
      std::getline(in, mailbox);
      auto& m = host_.store.mailbox(owner, mailbox);
      host_.store.accounts.at(owner)->acl[m.id][who] = *ph::imap::parseRights(rights);
      host_.store.accounts.at(owner)->changed(0);
      host_.deliverWakes();
    } else if (what == "nested") {
      host_.store.mailbox("alice", rest);
    } else {
      return false;
    }
    return true;
  }

  std::optional<std::string> own(const std::string& kind, const std::string& text) override {
    if (kind == "2C:") return second().send(text + "\r\n"), "";
    if (kind == "2S:") return expectLine(second(), text);
    if (kind == "LOOKUPS:") {
      const int asked = std::exchange(host_.store.lookups, 0);
      return std::to_string(asked) == text ? "" : "the index was asked " + std::to_string(asked) + " times";
    }
    if (kind == "MAILTO:") {
      const auto [account, rest] = split(text);
      const auto [mailbox, bytes] = split(rest);
      host_.store.deliver(account, mailbox, unescape(bytes), 1'600'000'000);
      return host_.deliverWakes(), "";
    }
    if (kind != "MAIL:") return std::nullopt;
    const auto [mailbox, bytes] = split(text);
    host_.store.deliver("alice", mailbox, unescape(bytes), 1'600'000'000);
    return host_.deliverWakes(), "";
  }

  std::string end() override {
    if (const auto rest = leftOver(second_); !rest.empty()) return "left over: " + rest;
    const auto& store = host_.store;
    return store.views || store.opened || store.watches ? "a handle was not released" : "";
  }

  std::unique_ptr<Client> second_;
};

}  // namespace

std::string runCase(const Case& c, bool octets, const std::string& plugin) {
  return ImapDialogue(c, octets).run(plugin);
}
