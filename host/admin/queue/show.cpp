#include "admin/core.hpp"
#include "admin/queue/filter.hpp"
#include "queue/operations.hpp"

namespace posthouse::admin {
namespace {

Answer run(Call& call) {
  const auto id = idOf(call);
  if (!id) return id.error();
  const auto found = queue::Operations(*call.core.queue).show(*id);
  if (!found) return found.error();
  return rcptValue(*found);
}

std::vector<Field> fields() {
  auto out = rcptFields();
  out.push_back({"destination", Param::Type::String, "The domain it goes to, or account:NAME."});
  out.push_back({"transport", Param::Type::String, "Chosen by an admin; empty: by the routes."});
  out.push_back({"tls", Param::Type::String, "required, optional or default."});
  out.push_back({"last", Param::Type::Time, "The last attempt."});
  out.push_back({"code", Param::Type::Int, "Of its reply; 0: there was none."});
  out.push_back({"enhanced", Param::Type::String, "The enhanced code."});
  out.push_back({"host", Param::Type::String, "Whose reply it was."});
  out.push_back({"return_to", Param::Type::String, "A reverse-path of its own, or empty."});
  return out;
}

}  // namespace

extern const Operation kQueueShow;
const Operation kQueueShow = {.name = "queue.show",
                              .method = Method::Get,
                              .path = "/queue/{id}",
                              .help = "Shows one recipient whose mail waits.",
                              .params = {{"id", Param::Type::String, Param::kRequired, "Of the recipient."}},
                              .result = {Shape::Kind::One, fields()},
                              .run = run};

}  // namespace posthouse::admin
