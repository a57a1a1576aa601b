#include "validate/life.hpp"

#include <malloc.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>

#include "testkit/fake_host.hpp"

namespace ph::validate {

namespace {

constexpr size_t kEnough = 20;  // lives, to tell a leak from what settles
constexpr const char* kMail = "From: a@example.org\r\nSubject: x\r\n\r\nx\r\n";

size_t entries(const char* folder) {
  size_t n = 0;
  for (const auto& e : std::filesystem::directory_iterator(folder)) n += e.path().empty() ? 0 : 1;
  return n;
}

ph_message* message(testkit::FakeHost& host) {
  const auto* api = static_cast<const ph_message_api*>(host.raw.get(&host.raw, PH_IF_MESSAGE));
  ph_message* m = nullptr;
  const std::string_view text = kMail;
  if (api->create(&host.raw, 1 << 20, &m) != PH_OK || api->write(m, text.data(), text.size()) != PH_OK ||
      api->finish(m) != PH_OK) {
    return nullptr;
  }
  return m;
}

class Life {
 public:
  Life(const Subject& subject, const Problem& problem) : subject_(subject), problem_(problem) {}

  void once(const std::string& withheld = {}) {
    testkit::FakeHost host;
    if (!withheld.empty()) host.withheld.insert(withheld);
    const std::string when = withheld.empty() ? "" : " without " + withheld;
    const Json* schema = subject_.manifest.find("config");
    if (schema) {
      if (const auto s = applyOptions(*schema, subject_.settings, host); !s) return problem_(s.error().text);
    }
    if (!host.start(subject_.file)) return problem_("does not start" + when + ": " + host.problem);
    if (withheld.empty()) contributions(host);
    for (int i = 0; i < 3; ++i) {
      if (!host.reconfigure()) problem_("refuses" + when + " the options it started with: " + host.problem);
    }
    for (const auto& [name, protocol] : host.protocols) session(host, name, when);
    hooks(host, when);
    for (const auto& [name, offer] : std::map(host.attempts.offers)) transport(host, name, when);
    host.events.publish(&host.raw, "ph-validate.event", "", "{}");
    host.advance(10'000);
    host.runJobs();
    host.stop();
    for (const auto& v : host.violations) problem_(v + when);
    if (host.messages != 0) problem_("keeps message handles" + when + ": " + std::to_string(host.messages));
    if (host.pipeline.live != 0) problem_("keeps transactions" + when + ": " + std::to_string(host.pipeline.live));
  }

 private:
  // What the manifest says it contributes is what it contributes.
  void contributions(testkit::FakeHost& host) {
    std::set<std::string> protocols, hooks;
    for (const auto& [name, protocol] : host.protocols) protocols.insert(name);
    for (const auto& h : host.pipeline.hooks) hooks.insert(h.name);
    const Json none;
    const Json* said = subject_.manifest.find("contributes");
    compare("protocols", (said ? *said : none).texts("protocols"), protocols);
    compare("hooks", (said ? *said : none).texts("hooks"), hooks);
    std::set<std::string> transports, policies;
    for (const auto& [name, offer] : host.attempts.offers) transports.insert(name);
    for (const auto& [name, offer] : host.mxPolicies.offers) policies.insert(name);
    compare("transports", (said ? *said : none).texts("transports"), transports);
    compare("mx-policies", (said ? *said : none).texts("mx-policies"), policies);
    std::set<std::string> commands;
    for (const auto& c : host.cli.commands) commands.insert(c.words);
    compare("commands", (said ? *said : none).texts("commands"), commands);
  }

  void compare(const std::string& what, const std::vector<std::string>& list, const std::set<std::string>& offered) {
    const std::set<std::string> said(list.begin(), list.end());
    for (const auto& name : said) {
      if (!offered.contains(name))
        problem_("the manifest names " + what + " \"" + name + "\", which start does not offer");
    }
    for (const auto& name : offered) {
      if (!said.contains(name))
        problem_("start offers " + what + " \"" + name + "\", which the manifest does not name");
    }
  }

  void session(testkit::FakeHost& host, const std::string& name, const std::string& when) {
    testkit::Client client(host, name, PH_TLS_STARTTLS);
    client.send(std::string("\0\xff nonsense\r\n", 13));
    client.shutdown();
    for (int i = 0; client.open && i < 100; ++i) client.advance(60'000);
    if (client.open) problem_("a session of " + name + when + " goes on after PH_WHY_SHUTDOWN");
  }

  // Whether servers can't be reached or an admin has enough: an attempt ends.
  void transport(testkit::FakeHost& host, const std::string& name, const std::string& when) {
    for (const bool cancelled : {false, true}) {
      testkit::Destination to;
      to.route = PH_ROUTE_HOST;
      to.host = "192.0.2.1";
      testkit::Delivery mail;
      mail.recipients = {{"you@example.org"}};
      ph_attempt& attempt = host.attempts.begin(host, name, to, {mail});
      if (cancelled && !attempt.ended) host.attempts.cancel(name, attempt);
      host.runJobs();
      while (!host.connections.waiting.empty()) {
        host.connections.waiting.front()->refuse("nobody is there");
        host.connections.waiting.pop_front();
        host.runJobs();
      }
      if (!attempt.ended) problem_("an attempt of " + name + when + " does not end");
    }
  }

  void hooks(testkit::FakeHost& host, const std::string& when) {
    testkit::Mail mail;
    mail.reversePath = "a@example.org";
    mail.helo = "client.example.org";
    mail.recipients.push_back({PH_ADDRESS_ACCOUNT, "you@example.org", "you", {}});
    for (const auto& h : std::vector(host.pipeline.hooks)) {
      ph_message* m = h.stage >= PH_STAGE_DATA ? message(host) : nullptr;
      const auto said = host.pipeline.ask(h.name, &host.raw, mail, m);
      if (said.status > PH_OK || said.status < PH_E_QUOTA) {
        problem_("hook " + h.name + when + " answers " + std::to_string(said.status) + ", which is no status");
      }
      if (said.status == PH_E_BUG) problem_("hook " + h.name + when + " says it is at fault");
      if (m) static_cast<const ph_message_api*>(host.raw.get(&host.raw, PH_IF_MESSAGE))->release(m);
    }
  }

  const Subject& subject_;
  const Problem& problem_;
};

}  // namespace

void liveAndDie(const Subject& subject, int cycles, const Problem& problem) {
  bool failed = false;
  const Problem note = [&](const std::string& text) {
    failed = true;
    problem(text);
  };
  Life life(subject, note);
  for (const auto& id : subject.manifest.texts("uses")) life.once(id);
  // The first ones may fill caches and open what stays open; from then on nothing may grow.
  const int warm = std::max(1, cycles / 4);
  size_t threads = 0, files = 0, memory = 0;
  for (int i = 0; i < cycles && !failed; ++i) {
    if (i == warm) {
      threads = entries("/proc/self/task");
      files = entries("/proc/self/fd");
      memory = mallinfo2().uordblks;
    }
    life.once();
  }
  if (failed || cycles <= warm) return;
  if (entries("/proc/self/task") > threads) note("leaves threads behind: work belongs to ph.jobs/1");
  if (entries("/proc/self/fd") > files) note("leaves open files behind");
  const size_t now = mallinfo2().uordblks, rounds = static_cast<size_t>(cycles - warm);
  if (rounds >= kEnough && now > memory && (now - memory) / rounds >= 16) {
    note("leaks about " + std::to_string((now - memory) / rounds) + " bytes in each life");
  }
}

}  // namespace ph::validate
