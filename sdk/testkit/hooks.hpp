// The half of the fake pipeline that hooks use.
#pragma once

#include "testkit/pipeline.hpp"

namespace ph::testkit {

void addHookMethods(ph_pipeline& table);
Opinion askHook(const Hook& hook, const ph_txn& txn);

}  // namespace ph::testkit
