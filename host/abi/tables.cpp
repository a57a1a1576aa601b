#include "abi/tables.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "ph/draft/host/accounts.h"
#include "ph/draft/host/admin.h"
#include "ph/draft/host/assets.h"
#include "ph/draft/host/cli.h"
#include "ph/draft/host/clock.h"
#include "ph/draft/host/config.h"
#include "ph/draft/host/connect.h"
#include "ph/draft/host/db.h"
#include "ph/draft/host/dns.h"
#include "ph/draft/host/domain_records.h"
#include "ph/draft/host/events.h"
#include "ph/draft/host/http.h"
#include "ph/draft/host/jobs.h"
#include "ph/draft/host/log.h"
#include "ph/draft/host/mx_policy.h"
#include "ph/draft/host/queue.h"
#include "ph/draft/host/secrets.h"
#include "ph/draft/host/services.h"
#include "ph/draft/host/signer.h"
#include "ph/draft/host/store.h"
#include "ph/draft/host/tls.h"
#include "ph/draft/host/transport.h"

namespace posthouse::abi {

const void* table(const ph_host*, const char* id) {
  struct Entry {
    std::string_view id;
    const void* (*get)();
  };
  static constexpr Entry kEntries[] = {
      {PH_IF_LOG, logTable},
      {PH_IF_CONFIG, configTable},
      {PH_IF_CLOCK, clockTable},
      {PH_IF_JOBS, jobsTable},
      {PH_IF_EVENTS, eventsTable},
      {PH_IF_SERVICES, servicesTable},
      {PH_IF_LISTENER, listenerTable},
      {PH_IF_SESSION, sessionTable},
      {PH_IF_TLS, tlsTable},
      {PH_IF_CONNECT, connectTable},
      {PH_IF_ACCOUNTS, accountsTable},
      {PH_IF_MESSAGE, messageTable},
      {PH_IF_STORE, storeTable},
      {PH_IF_QUEUE, queueTable},
      {PH_IF_PIPELINE, pipelineTable},
      {PH_IF_TRANSPORT, transportTable},
      {PH_IF_DNS, dnsTable},
      {PH_IF_MX_POLICY, mxPolicyTable},
      {PH_IF_HTTP, httpTable},
      {PH_IF_DB, dbTable},
      {PH_IF_SECRETS, secretsTable},
      {PH_IF_ASSETS, assetsTable},
      {PH_IF_CLI, cliTable},
      {PH_IF_SIGNER, signerTable},
      {PH_IF_DOMAIN_RECORDS, domainRecordsTable},
      {PH_IF_ADMIN, adminTable},
  };
  for (const auto& e : kEntries) {
    if (e.id == id) return e.get();
  }
  return nullptr;
}

const void* offlineTable(const ph_host* host, const char* id) {
  static constexpr std::string_view kThere[] = {PH_IF_LOG,     PH_IF_CONFIG, PH_IF_CLOCK, PH_IF_JOBS,
                                                PH_IF_MESSAGE, PH_IF_DNS,    PH_IF_TLS,   PH_IF_SESSION,
                                                PH_IF_CONNECT, PH_IF_DB,     PH_IF_CLI,   PH_IF_SECRETS};
  return std::find(std::begin(kThere), std::end(kThere), id) == std::end(kThere) ? nullptr : table(host, id);
}

}  // namespace posthouse::abi
