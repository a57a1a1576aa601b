// The C tables of the contract, by id. Each comes from the .cpp of its name; nothing there but translation.
#pragma once

#include "ph/host.h"

namespace posthouse::abi {

// The table of `id`, or NULL. The get function of every ph_host.
const void* table(const ph_host* host, const char* id);

// The same with what works without a server only.
const void* offlineTable(const ph_host* host, const char* id);

const void* logTable();
const void* configTable();
const void* clockTable();
const void* jobsTable();
const void* eventsTable();
const void* servicesTable();
const void* listenerTable();
const void* sessionTable();
const void* tlsTable();
const void* connectTable();
const void* accountsTable();
const void* messageTable();
const void* mxPolicyTable();
const void* storeTable();
const void* queueTable();
const void* pipelineTable();
const void* transportTable();
const void* dnsTable();
const void* httpTable();
const void* assetsTable();
const void* dbTable();
const void* secretsTable();
const void* signerTable();
const void* domainRecordsTable();
const void* cliTable();
const void* adminTable();

}  // namespace posthouse::abi
