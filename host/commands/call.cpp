#include "commands/call.hpp"

#include <algorithm>

#include "json/parse.hpp"
#include "ph/charset/convert.hpp"
#include "ph/sasl/base64.hpp"

namespace posthouse::commands {
namespace {
constexpr size_t kMaxReason = 1000;
}

Call::Call(std::shared_ptr<const Command> command, Caller caller, json::Value args)
    : command_(std::move(command)), caller_(std::move(caller)), args_(std::move(args)) {
  for (const auto& p : command_->params) {
    const auto* value = p.type == Type::File ? args_.find(p.name) : nullptr;
    if (value) files_[p.name] = ph::sasl::decodeBase64(value->string()).valueOr("");
  }
}

ph::Result<const json::Value*> Call::find(std::string_view name, std::initializer_list<Type> types) const {
  const auto p =
      std::find_if(command_->params.begin(), command_->params.end(), [&](const Param& q) { return q.name == name; });
  if (p == command_->params.end() || std::find(types.begin(), types.end(), p->type) == types.end())
    return ph::Error{ph::Kind::Invalid, "no such parameter"};
  const auto* value = args_.find(name);
  if (!value) return ph::Error{ph::Kind::NotFound, "left out"};
  return value;
}

ph::Result<std::string_view> Call::text(std::string_view name) const {
  const auto value = find(name, {Type::Text, Type::File});
  if (!value) return value.error();
  const auto file = files_.find(name);
  return file == files_.end() ? std::string_view((*value)->string()) : std::string_view(file->second);
}

ph::Result<int64_t> Call::integer(std::string_view name) const {
  const auto value = find(name, {Type::Int, Type::Bool, Type::Time});
  if (!value) return value.error();
  return (*value)->boolean() ? 1 : (*value)->integer();
}

ph::Result<const std::vector<json::Value>*> Call::list(std::string_view name) const {
  const auto value = find(name, {Type::List});
  if (!value) return value.error();
  return &(*value)->items();
}

ph::Status Call::answer(std::string_view text) {
  if (text.size() > kMaxAnswer) return ph::Error{ph::Kind::Limit, "the answer is too long"};
  auto value = json::parse(text);
  if (!value) return value.error();
  if (value->type() != json::Value::Type::Object) return ph::Error{ph::Kind::Invalid, "the answer is no object"};
  if (command_->many) {
    const auto& items = (*value)["items"];
    const bool objects = std::all_of(items.items().begin(), items.items().end(),
                                     [](const auto& i) { return i.type() == json::Value::Type::Object; });
    if (items.type() != json::Value::Type::List || !objects)
      return ph::Error{ph::Kind::Invalid, "the answer has no 'items', a list of objects"};
  }
  answer_ = std::move(*value);
  return {};
}

ph::Result<json::Value> Call::outcome(const ph::Status& result) const {
  if (!result) {
    std::string reason = ph::charset::sanitizeUtf8(reason_).substr(0, kMaxReason);
    if (reason.empty()) reason = "the plugin " + command_->plugin + " could not do it";
    return ph::Error{result.error().kind, ph::charset::sanitizeUtf8(reason)};
  }
  if (answer_) return *answer_;
  return command_->many ? json::Value::object({{"items", json::Value::list()}}) : json::Value::object();
}

}  // namespace posthouse::commands
