// The library's JSON under the host's name.
#pragma once

#include "ph/json/value.hpp"

namespace posthouse {
namespace json = ph::json;
}
