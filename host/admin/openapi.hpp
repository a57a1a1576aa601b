// The operations as an OpenAPI 3.1 document. Threads: pure function.
#pragma once

#include <vector>

#include "admin/operation.hpp"

namespace posthouse::admin {

json::Value openApi(const std::vector<const Operation*>& operations);

}  // namespace posthouse::admin
