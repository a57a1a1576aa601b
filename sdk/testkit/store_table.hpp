// The two halves of the in-memory ph.store/1 table. Threads: one.
#pragma once

#include <ph/draft/host/store.h>

namespace ph::testkit {

void fillReading(ph_store& table);
void fillWriting(ph_store& table);
// Around both: handles of others, whose calls need rights.
void fillSharing(ph_store& table);

}  // namespace ph::testkit
