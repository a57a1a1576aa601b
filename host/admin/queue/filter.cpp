#include "admin/queue/filter.hpp"

#include <charconv>
#include <ctime>

#include "config/node.hpp"

namespace posthouse::admin {

using json::Value;
using Type = Param::Type;

std::vector<Param> filterParams(std::vector<Param> more, bool words) {
  std::vector<Param> out = std::move(more);
  for (const Param& p : std::vector<Param>{
           {"ids", Type::List, words ? Param::kWord : Param::kOptional, "Ids of recipients, as queue list shows them."},
           {"message", Type::String, Param::kOptional, "The id of a message, as the log shows it."},
           {"account", Type::String, Param::kOptional, "Who submitted it.", Subject::Account},
           {"from", Type::String, Param::kOptional, "Part of the sender's address, as \"@example.org\"."},
           {"to", Type::String, Param::kOptional, "Part of the recipient's address."},
           {"destination", Type::String, Param::kOptional, "The domain it goes to, or account:NAME."},
           {"older", Type::String, Param::kOptional, "Queued longer ago than this, as \"2h\"."},
           {"younger", Type::String, Param::kOptional, "Queued since then."},
           {"due_before", Type::Time, Param::kOptional, "Next attempt before this."},
           {"due_after", Type::Time, Param::kOptional, "Next attempt after this."},
           {"held", Type::Bool, Param::kOptional, "Held, or not."},
           {"transport", Type::String, Param::kOptional, "The transport an admin chose."}}) {
    bool there = false;
    for (const auto& known : out) there = there || std::string_view(known.name) == p.name;
    if (!there) out.push_back(p);
  }
  return out;
}

std::vector<Param> changeParams(std::vector<Param> more, bool words) {
  auto out = filterParams(std::move(more), words);
  out.push_back({"all", Type::Bool, Param::kOptional, "Needed to mean the whole queue."});
  return out;
}

namespace {

ph::Result<int64_t> number(const std::string& word) {
  int64_t id = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), id);
  if (error != std::errc() || end != word.data() + word.size() || id <= 0)
    return ph::Error{ph::Kind::Invalid, "'" + word + "' is no id"};
  return id;
}

}  // namespace

ph::Result<int64_t> idOf(const Call& call) {
  return number(call.text("id"));
}

ph::Result<std::vector<int64_t>> idsOf(const Call& call) {
  std::vector<int64_t> out;
  for (const auto& word : call.list("ids")) {
    const auto id = number(word);
    if (!id) return id.error();
    out.push_back(*id);
  }
  return out;
}

ph::Result<std::optional<int64_t>> agoOf(const Call& call, const char* name) {
  if (!call.has(name)) return std::optional<int64_t>();
  int64_t ms = 0;
  if (!config::parseDuration(call.text(name), &ms))
    return ph::Error{ph::Kind::Invalid, "'" + std::string(name) + "' must be a time such as \"2h\""};
  return std::optional<int64_t>(static_cast<int64_t>(std::time(nullptr)) - ms / 1000);
}

ph::Result<queue::Filter> filterOf(const Call& call) {
  queue::Filter f;
  auto ids = idsOf(call);
  if (!ids) return ids.error();
  f.ids = std::move(*ids);
  f.message = call.text("message");
  f.account = call.text("account");
  f.from = call.text("from");
  f.to = call.text("to");
  f.destination = call.text("destination");
  const auto before = agoOf(call, "older");
  if (!before) return before.error();
  const auto after = agoOf(call, "younger");
  if (!after) return after.error();
  f.queuedBefore = *before;
  f.queuedAfter = *after;
  if (call.has("due_before")) f.dueBefore = call.integer("due_before");
  if (call.has("due_after")) f.dueAfter = call.integer("due_after");
  if (call.has("held")) f.held = call.flag("held");
  if (call.has("transport")) f.transport = call.text("transport");
  return f;
}

ph::Result<queue::Filter> chosen(const Call& call) {
  bool any = call.flag("all");
  for (const char* name : {"ids", "message", "account", "from", "to", "destination", "older", "younger", "due_before",
                           "due_after", "held", "transport"}) {
    if (!call.has(name)) continue;
    const auto& v = call.args[name];
    // "" and no ids choose nothing.
    any = any || (v.type() == Value::Type::String ? !v.string().empty()
                  : v.type() == Value::Type::List ? !v.items().empty()
                                                  : true);
  }
  if (!any) return ph::Error{ph::Kind::Invalid, "say which recipients, or 'all' for the whole queue"};
  return filterOf(call);
}

Answer counted(const ph::Result<size_t>& count) {
  if (!count) return count.error();
  return Value::object({{"recipients", static_cast<uint64_t>(*count)}});
}

Shape countShape() {
  return {Shape::Kind::One, {{"recipients", Type::Int, "How many it was done for."}}};
}

Value only(const Value& value, const std::vector<Field>& fields) {
  Value out = Value::object();
  for (const auto& f : fields) out.set(f.name, value[f.name]);
  return out;
}

Value rcptValue(const queue::RcptInfo& i) {
  return Value::object({{"id", i.id},
                        {"message", i.message},
                        {"account", i.account},
                        {"from", i.reversePath},
                        {"to", i.forwardPath},
                        {"destination", i.destination},
                        {"queued", i.queued},
                        {"due", i.due},
                        {"size", i.size},
                        {"attempts", i.attempts},
                        {"held", i.held},
                        {"reason", i.reason},
                        {"last", i.last},
                        {"transport", i.transport},
                        {"tls", i.requireTls    ? "required"
                                : i.tlsOptional ? "optional"
                                                : "default"},
                        {"code", i.code},
                        {"enhanced", i.enhanced},
                        {"host", i.host},
                        {"return_to", i.returnTo}});
}

std::vector<Field> rcptFields() {
  return {{"id", Type::Int, "Of the recipient."},
          {"message", Type::String, "The message's id."},
          {"account", Type::String, "Who submitted it; empty: nobody here."},
          {"from", Type::String, "The reverse-path; empty: a notification."},
          {"to", Type::String, "The recipient."},
          {"queued", Type::Time, "When it came."},
          {"due", Type::Time, "The next attempt."},
          {"attempts", Type::Int, "Made so far."},
          {"held", Type::Bool, "Waits for an admin."},
          {"size", Type::Int, "Octets."},
          {"reason", Type::String, "Why it still waits."}};
}

Value retiredValue(const queue::RetiredInfo& i) {
  return Value::object({{"id", i.id},
                        {"message", i.message},
                        {"account", i.account},
                        {"from", i.reversePath},
                        {"to", i.forwardPath},
                        {"queued", i.queued},
                        {"ended", i.ended},
                        {"attempts", i.attempts},
                        {"result", i.delivered ? "delivered" : "failed"},
                        {"code", i.code},
                        {"enhanced", i.enhanced},
                        {"text", i.text},
                        {"host", i.host},
                        {"return_to", i.returnTo},
                        {"notified", i.told},
                        {"notified_status", i.toldStatus},
                        {"notified_text", i.toldText},
                        {"notified_at", i.toldAt}});
}

std::vector<Field> retiredFields() {
  return {{"id", Type::Int, "Of the recipient's entry."},
          {"message", Type::String, "The message's id."},
          {"account", Type::String, "Who submitted it."},
          {"from", Type::String, "The reverse-path."},
          {"to", Type::String, "The recipient."},
          {"ended", Type::Time, "When it was over."},
          {"attempts", Type::Int, "How many it took."},
          {"result", Type::String, "delivered or failed."},
          {"code", Type::Int, "Of the last reply."},
          {"text", Type::String, "The last reply."},
          {"notified", Type::String, "What a notification that came in says; empty: none did."}};
}

}  // namespace posthouse::admin
