#include <ctime>

#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "base/version.hpp"
#include "config/server.hpp"
#include "queue/queue.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  const auto config = call.core.config();
  Value out = Value::object({{"version", kVersion},
                             {"hostname", config->hostname},
                             {"started", call.core.started},
                             {"uptime", static_cast<int64_t>(std::time(nullptr)) - call.core.started},
                             {"configuration", config->file}});
  if (call.core.queue) out.set("queued", static_cast<uint64_t>(call.core.queue->size()));
  Value listeners = Value::list();
  for (const auto& l : call.core.listening()) {
    listeners.add(Value::object({{"name", l.name},
                                 {"protocol", l.protocol},
                                 {"tls", l.tls},
                                 {"addresses", l.addresses},
                                 {"problem", l.problem}}));
  }
  return out.set("listeners", std::move(listeners));
}

}  // namespace

extern const Operation kServerStatus;
const Operation kServerStatus = {.name = "status",
                                 .method = Method::Get,
                                 .path = "/status",
                                 .help = "Says what runs here: version, listeners, how much waits in the queue.",
                                 .result = {Shape::Kind::One,
                                            {{"version", Param::Type::String, "Of the program."},
                                             {"hostname", Param::Type::String, "The server's own name."},
                                             {"started", Param::Type::Time, "When."},
                                             {"uptime", Param::Type::Int, "Seconds."},
                                             {"configuration", Param::Type::String, "The path of posthouse.toml."},
                                             {"queued", Param::Type::Int, "Messages in the queue."},
                                             {"listeners", Param::Type::Any, "Name, protocol, TLS and addresses."}}},
                                 .run = run};

}  // namespace posthouse::admin
