// The fake pipeline's transaction.
#pragma once

#include "testkit/pipeline.hpp"

struct ph_txn {
  const ph_host* host = nullptr;
  ph::testkit::Mail mail;
  ph_message* message = nullptr;
  size_t current = static_cast<size_t>(-1);
  // The stage being run slowly.
  ph_verdict* out = nullptr;
  ph_verdict answer{};
  void (*done)(void*) = nullptr;
  void* doneCtx = nullptr;
};
