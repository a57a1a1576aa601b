// A ph.accounts/1 whose accounts and passwords are maps of the FakeHost. Threads: one.
#pragma once

#include <ph/draft/host/accounts.h>

namespace ph::testkit {

const ph_accounts& accountsTable();

}  // namespace ph::testkit
