// What `store undelete` and `store removed` have in common.
#pragma once

#include "admin/operation.hpp"
#include "store/undelete.hpp"

namespace posthouse::admin {

std::vector<Param> removedParams(std::vector<Param> more);
ph::Result<store::RemovedFilter> removedFilter(const Call& call);

}  // namespace posthouse::admin
