// Operations of the queue that need to know nothing but which recipients.
#pragma once

#include "admin/core.hpp"
#include "admin/queue/filter.hpp"
#include "queue/operations.hpp"

namespace posthouse::admin {

using QueueVerb = ph::Result<size_t> (queue::Operations::*)(const queue::Filter&);

template <QueueVerb kVerb>
Answer onChosen(Call& call) {
  const auto filter = chosen(call);
  if (!filter) return filter.error();
  queue::Operations queue(*call.core.queue);
  return counted((queue.*kVerb)(*filter));
}

template <QueueVerb kVerb>
Operation queueChange(const char* name, const char* path, const char* help) {
  return {.name = name,
          .method = Method::Post,
          .path = path,
          .help = help,
          .params = changeParams(),
          .changes = true,
          .result = countShape(),
          .run = onChosen<kVerb>};
}

}  // namespace posthouse::admin
