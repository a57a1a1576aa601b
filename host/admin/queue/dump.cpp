#include <algorithm>

#include "admin/core.hpp"
#include "admin/queue/filter.hpp"
#include "ph/mime/decode.hpp"
#include "queue/operations.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

constexpr uint64_t kLongest = 16 * 1024 * 1024;

Answer run(Call& call) {
  const auto id = idOf(call);
  if (!id) return id.error();
  const auto message = queue::Operations(*call.core.queue).message(*id);
  if (!message) return message.error();
  std::string bytes(static_cast<size_t>(std::min((*message)->length(), kLongest)), '\0');
  for (size_t done = 0; done < bytes.size();) {
    size_t n = 0;
    if ((*message)->read(done, bytes.data() + done, bytes.size() - done, &n) != PH_OK || n == 0)
      return ph::Error{ph::Kind::Temporary, "the message can't be read"};
    done += n;
  }
  if (call.flag("base64")) return Value::object({{"base64", ph::mime::encodeBase64(bytes, false)}});
  std::erase(bytes, '\r');
  return Value::object({{"message", bytes}});
}

}  // namespace

extern const Operation kQueueDump;
const Operation kQueueDump = {
    .name = "queue.dump",
    .method = Method::Get,
    .path = "/queue/{id}/message",
    .help = "Shows a message as it will be sent, at most its first 16 MiB.",
    .params = {{"id", Param::Type::String, Param::kRequired, "Of one of its recipients."},
               {"base64", Param::Type::Bool, Param::kOptional, "Every octet as it is, as base64."}},
    .result = {Shape::Kind::One,
               {{"message", Param::Type::String, "Its text, with LF; what is not UTF-8 is replaced."},
                {"base64", Param::Type::String, "Instead, when that was asked for."}}},
    .run = run};

}  // namespace posthouse::admin
