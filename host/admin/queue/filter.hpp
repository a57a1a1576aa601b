// How operations of the queue say which recipients they mean.
#pragma once

#include <vector>

#include "admin/operation.hpp"
#include "queue/listing.hpp"

namespace posthouse::admin {

// The parameters of a filter, and `more`. `words`: the ids are words of the command line.
std::vector<Param> filterParams(std::vector<Param> more = {}, bool words = true);
// As list of an operation that changes: "all" must be said to mean the whole queue.
std::vector<Param> changeParams(std::vector<Param> more = {}, bool words = true);
ph::Result<queue::Filter> filterOf(const Call& call);
// Invalid: nothing was chosen.
ph::Result<queue::Filter> chosen(const Call& call);

// {"recipients": N}
Answer counted(const ph::Result<size_t>& count);
Shape countShape();

// Of an object, what the fields name.
json::Value only(const json::Value& value, const std::vector<Field>& fields);
json::Value rcptValue(const queue::RcptInfo& info);
std::vector<Field> rcptFields();
json::Value retiredValue(const queue::RetiredInfo& info);
std::vector<Field> retiredFields();

// The number in the path, and numbers out of words. Invalid: it is none.
ph::Result<int64_t> idOf(const Call& call);
ph::Result<std::vector<int64_t>> idsOf(const Call& call);
// "2h" before now, from a parameter; nothing: it was not said.
ph::Result<std::optional<int64_t>> agoOf(const Call& call, const char* name);

}  // namespace posthouse::admin
