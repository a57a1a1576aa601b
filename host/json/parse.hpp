// The library's JSON parser under the host's name.
#pragma once

#include "json/value.hpp"
#include "ph/json/parse.hpp"
