// The tables of queue.db.
#pragma once

#include <cstdint>

#include "db/database.hpp"

namespace posthouse::queue {

constexpr std::int32_t kApplicationId = 0x50485155;  // "PHQU"
constexpr int kSchemaVersion = 2;

// rcpts.state
constexpr int kWaiting = 0;
constexpr int kHeld = 1;
constexpr int kDone = 2;  // only its notification is still owed

// rcpts.owed: what the sender must be told.
constexpr int kOwedNothing = 0;
constexpr int kOwedFailed = 1;
constexpr int kOwedDelayed = 2;
constexpr int kOwedDelivered = 3;
constexpr int kOwedRelayed = 4;

// Makes them in a new file, adds what an older one lacks.
ph::Status makeTables(db::Database& db);

}  // namespace posthouse::queue
