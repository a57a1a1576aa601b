// Commands that take every kind of parameter, wait, fail and break the rules.
#include <ph_manifest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

#include "ph/cli.hpp"
#include "ph/dns.hpp"
#include "ph/json/value.hpp"
#include "ph/plugin.hpp"
#include "ph/secrets.hpp"

namespace {

using ph::Command;
using ph::CommandCall;
using ph::Status;
using ph::json::Value;

Status answer(CommandCall& c, const Value& v) {
  return c.answer(ph::json::text(v));
}

// What came, of every kind.
Status all(CommandCall& c) {
  const auto who = c.caller();
  return answer(c, Value::object({{"text", c.text("text")},
                                  {"number", c.integer("number", -1)},
                                  {"flag", c.flag("flag")},
                                  {"list", c.list("list")},
                                  {"bytes", static_cast<uint64_t>(c.text("file").size())},
                                  {"left_out", !c.find("left_out")},
                                  {"by", ph::view(who.face)},
                                  {"offline", who.offline != 0}}));
}

Status table(CommandCall& c) {
  Value items = Value::list();
  for (int64_t i = 1; i <= c.integer("count", 2); ++i)
    items.add(Value::object({{"number", i}, {"name", "n" + std::to_string(i)}}));
  return answer(c, Value::object({{"items", std::move(items)}}));
}

// Whose the caller says it is, and whether he may do something with another.
Status own(CommandCall& c) {
  return answer(
      c, Value::object({{"account", c.text("account")}, {"other", c.may(PH_CLI_NAMES_DOMAIN, "other.example")}}));
}

Status sleep(CommandCall& c) {
  const int64_t ms = c.integer("ms");
  for (int64_t i = 0; i < ms && !c.cancelled(); i += 10) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return answer(c, Value::object({{"slept", ms}}));
}

Status garbage(CommandCall& c) {
  return c.answer("{\"half\": ");
}

class Commands : public ph::Plugin {
 public:
  explicit Commands(const ph::Host& host)
      : Plugin(host),
        dns_(host),
        secrets_(host),
        all_(host,
             {.words = "try all",
              .help = "Says what it was given.",
              .params = {{"text", PH_CLI_TEXT, PH_CLI_REQUIRED | PH_CLI_WORD, "A word.", 0, {"a", "b"}},
                         {"number", PH_CLI_INT, 0, "A number."},
                         {"flag", PH_CLI_BOOL, 0, "A flag."},
                         {"list", PH_CLI_LIST, 0, "Some words."},
                         {"file", PH_CLI_FILE, 0, "A file."},
                         {"left_out", PH_CLI_TEXT, 0, "Nothing."}},
              .fields = {{"text", PH_CLI_TEXT, "The word."}, {"bytes", PH_CLI_INT, "Of the file."}},
              .flags = PH_CLI_OFFLINE},
             all),
        text_(host, {.words = "try text", .help = "Greets.", .flags = PH_CLI_OFFLINE},
              [this](CommandCall& c) {
                return answer(c, Value::object({{"greeting", greeting_}}));
              }),
        keep_(host, {.words = "try keep", .help = "Keeps a secret.", .flags = PH_CLI_OFFLINE | PH_CLI_CHANGES},
              [this](CommandCall& c) -> Status {
                const auto s = secrets_.obtain("kept", 16);
                if (!s) return ph::Error{s.error().kind, "no place for secrets"};
                return answer(c, Value::object({{"bytes", static_cast<uint64_t>(s->size())}}));
              }),
        resolve_(host,
                 {.words = "try resolve",
                  .help = "Asks for an address.",
                  .params = {{"name", PH_CLI_TEXT, PH_CLI_REQUIRED | PH_CLI_WORD, "Of a host."}},
                  .flags = PH_CLI_OFFLINE | PH_CLI_MANY},
                 [this](CommandCall& c) { return resolve(c); }),
        list_(host,
              {.words = "try list",
               .help = "Makes a table.",
               .params = {{"count", PH_CLI_INT, 0, "Of its lines."}},
               .fields = {{"number", PH_CLI_INT, "Of the line."}, {"name", PH_CLI_TEXT, "Of the line."}},
               .flags = PH_CLI_MANY},
              table),
        own_(host,
             {.words = "try own",
              .help = "Says whose it is.",
              .params = {{"account", PH_CLI_TEXT, PH_CLI_REQUIRED, "Whose.", PH_CLI_NAMES_ACCOUNT}},
              .role = PH_CLI_ACCOUNT},
             own),
        set_(host,
             {.words = "try set",
              .help = "Changes something.",
              .params = {{"name", PH_CLI_TEXT, PH_CLI_REQUIRED | PH_CLI_WORD, "What."},
                         {"key", PH_CLI_TEXT, PH_CLI_REQUIRED | PH_CLI_SECRET, "A secret."}},
              .flags = PH_CLI_CHANGES},
             [](CommandCall& c) {
               return answer(c, Value::object({{"key_length", static_cast<uint64_t>(c.text("key").size())}}));
             }),
        sleep_(host,
               {.words = "try sleep",
                .help = "Sleeps.",
                .params = {{"ms", PH_CLI_INT, PH_CLI_REQUIRED | PH_CLI_WORD, "How long."}},
                .deadlineMs = 500},
               sleep),
        fail_(host, {.words = "try fail", .help = "Fails."},
              [](CommandCall&) -> Status {
                return ph::Error{ph::Kind::Conflict, "it was there already"};
              }),
        garbage_(host, {.words = "try garbage", .help = "Answers what is no JSON."}, garbage),
        throw_(host, {.words = "try throw", .help = "Throws."},
               [](CommandCall&) -> Status { throw std::runtime_error("thrown"); }) {
    for (Command* c : {&all_, &text_, &keep_, &resolve_}) (void)c->add();  // what is refused, the host tells
  }

  Status configure(const ph::Config& config, bool checkOnly) override {
    if (!checkOnly) greeting_ = config.string("greeting");
    twice_ = config.boolean("twice");
    return {};
  }

  Status start() override {
    for (Command* c : {&list_, &own_, &set_, &sleep_, &fail_, &garbage_, &throw_}) {
      if (auto s = c->add(); !s) return s;
    }
    return twice_ ? list_.add() : Status();
  }

 private:
  Status resolve(CommandCall& c) {
    if (!dns_) return ph::Error{ph::Kind::Unavailable, "no DNS"};
    const auto found = dns_.lookUp(c.text("name"), ph::DnsType::A);
    Value items = Value::list();
    for (const auto& r : found.records) items.add(Value::object({{"address", r.value}}));
    return answer(c, Value::object({{"items", std::move(items)}}));
  }

  const ph::Dns dns_;
  const ph::Secrets secrets_;
  std::string greeting_;
  bool twice_ = false;
  Command all_, text_, keep_, resolve_, list_, own_, set_, sleep_, fail_, garbage_, throw_;
};

}  // namespace

PH_PLUGIN(Commands)
