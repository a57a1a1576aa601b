/* ph.domain-records/1: DNS records that a plugin wants published for a domain, shown beside the host's own
 * (`posthouse domain dns`). They are what should be there; nobody looks whether they are. */
#ifndef PH_HOST_DOMAIN_RECORDS_H
#define PH_HOST_DOMAIN_RECORDS_H

#include "../../host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PH_IF_DOMAIN_RECORDS "ph.domain-records/1"

typedef struct ph_domain_record {
  uint32_t size;
  uint32_t reserved;
  ph_str name;  /* with the dot at its end: "sel._domainkey.example.org." */
  ph_str type;  /* "TXT" */
  ph_str value; /* as in a zone file, but a text without quotes, in one piece */
  ph_str why;   /* one sentence for people */
} ph_domain_record;

typedef struct ph_domain_records {
  uint32_t size;
  uint32_t reserved;

  /* All that this plugin wants for `domain` (A-labels) from now on, in place of what it wanted before; none: nothing.
   * Forgotten when the plugin stops. Copied. [any-thread]; PH_E_LIMIT: more than 100 for a domain; PH_E_INVALID: a text
   * with control characters; since 1.0 */
  ph_status (*set)(const ph_host* host, ph_str domain, const ph_domain_record* records, size_t count);
} ph_domain_records;

#ifdef __cplusplus
}
#endif
#endif
