// The plugin's database: one file, whose schema grows by the migrations of all parts.
#pragma once

#include <memory>

#include "ph/db.hpp"

namespace ph_mailauth {

// A connection of its own.
ph::Result<std::unique_ptr<ph::Db>> openDatabase(const ph::Host& host);

}  // namespace ph_mailauth
