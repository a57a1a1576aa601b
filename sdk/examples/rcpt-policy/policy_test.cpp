// The built plugin on a fake host: what its hook says of a table of recipients. Argument: the plugin.
#include <cstdio>
#include <string>

#include "testkit/fake_host.hpp"

namespace {

int failures = 0;

void check(bool ok, const std::string& what) {
  if (ok) return;
  std::printf("FAILED: %s\n", what.c_str());
  ++failures;
}

ph::testkit::Opinion ask(ph::testkit::FakeHost& host, const std::string& address, bool submission = false) {
  ph::testkit::Mail mail;
  mail.submission = submission;
  mail.recipients.push_back({0, address, "", {}});
  return host.pipeline.ask("rcpt-policy", &host.raw, mail);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  ph::testkit::FakeHost host;
  host.lists = {{"accept", {"boss@example.org"}},
                {"reject", {"@example.org", "old-*@example.net", "*@b\u00fccher.example"}},
                {"defer", {"moving@example.net"}}};
  host.strings["text"] = "not here";
  if (!host.start(argv[1])) {
    std::printf("FAILED: start: %s\n", host.problem.c_str());
    return 1;
  }

  check(host.pipeline.hooks.size() == 1 && host.pipeline.hooks[0].stage == PH_STAGE_RCPT, "one hook, on RCPT");
  check(host.pipeline.hooks[0].policy == PH_POLICY_TEMPFAIL, "fails to try again");

  const struct {
    const char* address;
    int code;  // 0: no opinion
  } table[] = {
      {"boss@example.org", 0},    {"BOSS@Example.ORG", 0},      {"ann@example.org", 550},
      {"ann@sub.example.org", 0}, {"old-ann@example.net", 550}, {"OLD-@example.net", 550},
      {"old@example.net", 0},     {"moving@example.net", 450},  {"x@xn--bcher-kva.example", 550},
      {"no address", 0},
  };
  for (const auto& row : table) {
    const auto said = ask(host, row.address);
    check(said.status == PH_OK && said.code == row.code, std::string(row.address) + ": " + std::to_string(said.code));
    check(row.code == 0 || said.text == "not here", std::string(row.address) + " is told why");
  }
  check(ask(host, "ann@example.org", true).code == 0, "our users may write to all");

  // While it runs: a new table counts at once, a wrong one changes nothing.
  host.switches["submissions"] = true;
  host.lists["reject"] = {"ann@example.com"};
  check(host.reconfigure(), "reconfigured");
  check(ask(host, "ann@example.com", true).code == 550, "the new table counts");
  check(ask(host, "ann@example.org").code == 0, "the old one does not");
  for (const char* wrong : {"example.com", "a*b*c@example.com", "ann@", "ann@-"}) {
    host.lists["reject"] = {wrong};
    check(!host.reconfigure() && host.problem.find("is no pattern") != std::string::npos,
          std::string("refuses ") + wrong);
  }
  check(ask(host, "ann@example.com").code == 550, "a refused table changes nothing");

  std::printf(failures ? "%d failed\n" : "passed\n", failures);
  return failures ? 1 : 0;
}
