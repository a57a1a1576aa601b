#include "cli/report_commands.hpp"

#include "ph/address/addr_spec.hpp"
#include "ph/address/domain.hpp"
#include "ph/json/value.hpp"

namespace ph_mailauth {

namespace {

using ph::json::Value;

ph::Status answerItems(ph::CommandCall& call, Value items) {
  return call.answer(ph::json::text(Value::object({{"items", std::move(items)}})));
}

// In the form destinations have.
ph::Result<std::string> addressOf(const ph::CommandCall& call) {
  const auto address = ph::address::parseAddrSpec(call.text("address"));
  if (!address) return ph::Error{ph::Kind::Invalid, "'" + std::string(call.text("address")) + "' is no mail address"};
  return ph::address::formatAddrSpec(*address);
}

}  // namespace

ReportCommands::ReportCommands(const ph::Host& host, ReceivedReports& received, Evaluations& evaluations,
                               PostOffice& office)
    : host_(host),
      received_(received),
      evaluations_(evaluations),
      office_(office),
      reports_(host,
               {.words = "dmarc reports",
                .help = "Sums up the DMARC reports that others sent about our domains.",
                .params = {{"domain", PH_CLI_TEXT, 0, "Only about this one.", PH_CLI_NAMES_DOMAIN},
                           {"since", PH_CLI_TIME, 0, "Only those that end later."},
                           {"max", PH_CLI_INT, 0, "How many, 100 when it is not said."}},
                .fields = {{"domain", PH_CLI_TEXT, "The domain it is about."},
                           {"organisation", PH_CLI_TEXT, "Who made it."},
                           {"begin", PH_CLI_TIME, "Of its period."},
                           {"end", PH_CLI_TIME, "Of its period."},
                           {"messages", PH_CLI_INT, "How many it counts."},
                           {"passed", PH_CLI_INT, "By SPF or DKIM, aligned."},
                           {"dkim", PH_CLI_INT, "By DKIM."},
                           {"spf", PH_CLI_INT, "By SPF."},
                           {"quarantined", PH_CLI_INT, "By our policy."},
                           {"rejected", PH_CLI_INT, "By our policy."},
                           {"id", PH_CLI_TEXT, "Its maker's name for it."}},
                .flags = PH_CLI_MANY},
               [this](ph::CommandCall& call) { return reports(call); }),
      add_(host,
           {.words = "dmarc suppression add",
            .help = "Sends an address no DMARC reports from now on.",
            .params = {{"address", PH_CLI_TEXT, PH_CLI_REQUIRED | PH_CLI_WORD, "Of who gets none."},
                       {"until", PH_CLI_TIME, 0, "For good when it is not said."},
                       {"comment", PH_CLI_TEXT, 0, "Why."}},
            .flags = PH_CLI_CHANGES},
           [this](ph::CommandCall& call) { return add(call); }),
      list_(host,
            {.words = "dmarc suppression list",
             .help = "Lists the addresses that get no DMARC reports.",
             .fields = {{"address", PH_CLI_TEXT, "Of who gets none."},
                        {"until", PH_CLI_TIME, "Empty: for good."},
                        {"comment", PH_CLI_TEXT, "Why."}},
             .flags = PH_CLI_MANY},
            [this](ph::CommandCall& call) { return list(call); }),
      remove_(host,
              {.words = "dmarc suppression remove",
               .help = "Sends an address DMARC reports again.",
               .params = {{"address", PH_CLI_TEXT, PH_CLI_REQUIRED | PH_CLI_WORD, "Of who gets them."}},
               .flags = PH_CLI_CHANGES},
              [this](ph::CommandCall& call) { return remove(call); }),
      send_(host,
            {.words = "dmarc send",
             .help = "Sends the DMARC reports that are due now; this happens by itself, too.",
             .fields = {{"queued", PH_CLI_INT, "Messages that are in the queue now."}},
             .flags = PH_CLI_CHANGES},
            [this](ph::CommandCall& call) { return send(call); }) {}

ph::Status ReportCommands::start() {
  if (!host_.get<ph_cli>(PH_IF_CLI)) return {};
  for (auto* command : {&reports_, &add_, &list_, &remove_, &send_}) {
    if (auto s = command->add(); !s) return s;
  }
  return {};
}

ph::Status ReportCommands::reports(ph::CommandCall& call) const {
  constexpr int64_t kMax = 100;
  std::string domain;
  if (const auto given = call.find("domain")) {
    const auto normal = ph::address::normaliseDnsName(*given);
    if (!normal) return ph::Error{ph::Kind::Invalid, "'" + std::string(*given) + "' is no domain"};
    domain = *normal;
  }
  const auto found = received_.list(domain, call.integer("since"), call.integer("max", kMax));
  if (!found) return found.error();
  Value items = Value::list();
  for (const auto& r : *found) {
    items.add(Value::object({{"domain", r.domain},
                             {"organisation", r.organisation},
                             {"begin", r.begin},
                             {"end", r.end},
                             {"messages", r.messages},
                             {"passed", r.passed},
                             {"dkim", r.dkim},
                             {"spf", r.spf},
                             {"quarantined", r.quarantined},
                             {"rejected", r.rejected},
                             {"id", r.id}}));
  }
  return answerItems(call, std::move(items));
}

ph::Status ReportCommands::add(ph::CommandCall& call) const {
  const auto address = addressOf(call);
  if (!address) return address.error();
  if (auto s = evaluations_.suppress({*address, std::string(call.text("comment")), call.integer("until")}); !s)
    return s;
  return call.answer(ph::json::text(Value::object({{"address", *address}})));
}

ph::Status ReportCommands::list(ph::CommandCall& call) const {
  const auto found = evaluations_.suppressions();
  if (!found) return found.error();
  Value items = Value::list();
  for (const auto& s : *found) {
    Value item = Value::object({{"address", s.address}, {"comment", s.comment}});
    if (s.until != 0) item.set("until", s.until);
    items.add(std::move(item));
  }
  return answerItems(call, std::move(items));
}

ph::Status ReportCommands::send(ph::CommandCall& call) const {
  const auto queued = office_.run();
  if (!queued) return queued.error();
  return call.answer(ph::json::text(Value::object({{"queued", static_cast<int64_t>(*queued)}})));
}

ph::Status ReportCommands::remove(ph::CommandCall& call) const {
  const auto address = addressOf(call);
  if (!address) return address.error();
  const auto removed = evaluations_.unsuppress(*address);
  if (!removed) return removed.error();
  if (!*removed) return ph::Error{ph::Kind::NotFound, "no such suppression: " + *address};
  return call.answer(ph::json::text(Value::object({{"address", *address}})));
}

}  // namespace ph_mailauth
