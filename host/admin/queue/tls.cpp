#include "admin/core.hpp"
#include "admin/queue/filter.hpp"
#include "queue/operations.hpp"

namespace posthouse::admin {
namespace {

Answer run(Call& call) {
  const auto filter = chosen(call);
  if (!filter) return filter.error();
  using Tls = queue::Operations::Tls;
  queue::Operations queue(*call.core.queue);
  const auto& word = call.text("tls");
  return counted(queue.setTls(*filter, word == "required"   ? Tls::Required
                                       : word == "optional" ? Tls::Optional
                                                            : Tls::Default));
}

}  // namespace

extern const Operation kQueueTls;
const Operation kQueueTls = {.name = "queue.tls",
                             .method = Method::Post,
                             .path = "/queue/tls",
                             .help = "Says how well the connections of messages must be protected.",
                             .params = changeParams({{"tls",
                                                      Param::Type::String,
                                                      Param::kRequired | Param::kWord,
                                                      "required: as REQUIRETLS; optional: delivery rather than TLS.",
                                                      Subject::None,
                                                      {"required", "optional", "default"}}}),
                             .changes = true,
                             .result = countShape(),
                             .run = run};

}  // namespace posthouse::admin
