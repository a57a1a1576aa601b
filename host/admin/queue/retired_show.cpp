#include "admin/core.hpp"
#include "admin/queue/filter.hpp"
#include "queue/operations.hpp"

namespace posthouse::admin {
namespace {

Answer run(Call& call) {
  const auto id = idOf(call);
  if (!id) return id.error();
  queue::RetiredFilter f;
  f.ids = {*id};
  const auto found = queue::Operations(*call.core.queue).retired(f);
  if (!found) return found.error();
  if (found->empty()) return ph::Error{ph::Kind::NotFound, "there is no such entry, or not any more"};
  return retiredValue(found->front());
}

std::vector<Field> fields() {
  auto out = retiredFields();
  out.push_back({"queued", Param::Type::Time, "When it came."});
  out.push_back({"enhanced", Param::Type::String, "The enhanced code."});
  out.push_back({"host", Param::Type::String, "Whose reply it was."});
  out.push_back({"return_to", Param::Type::String, "A reverse-path of its own, or empty."});
  out.push_back({"notified_status", Param::Type::String, "What the notification says."});
  out.push_back({"notified_text", Param::Type::String, "In its words."});
  out.push_back({"notified_at", Param::Type::Time, "When it came in."});
  return out;
}

}  // namespace

extern const Operation kQueueRetiredShow;
const Operation kQueueRetiredShow = {.name = "queue.retired.show",
                                     .method = Method::Get,
                                     .path = "/queue/retired/{id}",
                                     .help = "Shows what became of one recipient.",
                                     .params = {{"id", Param::Type::String, Param::kRequired, "Of the entry."}},
                                     .result = {Shape::Kind::One, fields()},
                                     .run = run};

}  // namespace posthouse::admin
