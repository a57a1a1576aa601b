/* The smallest plugin: a protocol that greets and closes, in plain C over the contract. */
#include <ph/draft/host/log.h>
#include <ph/draft/host/session.h>
#include <ph/entry.h>
#include <stdlib.h>

#include "ph_manifest.h"

typedef struct hello {
  ph_plugin table;
  const ph_host* host;
  const ph_log* log;
  const ph_listener* listener;
  const ph_session_api* session;
} hello;

typedef struct visit {
  hello* plugin;
  ph_session* session;
} visit;

static void* visit_open(void* self, ph_session* session, const ph_session_info* info) {
  visit* v = malloc(sizeof *v);
  (void)info;
  if (!v) return NULL;
  v->plugin = self;
  v->session = session;
  return v;
}

static ph_next visit_run(void* self, uint32_t why) {
  visit* v = self;
  static const char greeting[] = "hello from a plugin\r\n";
  (void)why;
  v->plugin->session->write(v->session, greeting, sizeof greeting - 1);
  return PH_NEXT_CLOSE;
}

static void visit_close(void* self) {
  free(self);
}

static ph_status configure(void* self, const ph_config* config, int32_t check_only, ph_error* error) {
  (void)self, (void)config, (void)check_only, (void)error;
  return PH_OK;
}

static ph_status start(void* self, ph_error* error) {
  hello* h = self;
  static const char text[] = "hello";
  ph_protocol protocol = {
      .size = sizeof protocol, .name = "hello", .self = h, .open = visit_open, .run = visit_run, .close = visit_close};
  (void)error;
  if (h->log) h->log->write(h->host, PH_LOG_INFO, 0, (ph_str){text, sizeof text - 1}, NULL, 0);
  return h->listener->offer(h->host, &protocol);
}

static void stop(void* self) {
  (void)self;
}
static void destroy(void* self) {
  free(self);
}

static const ph_plugin* create(const ph_host* host, ph_error* error) {
  hello* h = calloc(1, sizeof *h);
  (void)error;
  if (!h) return NULL;
  h->host = host;
  h->log = host->get(host, PH_IF_LOG);
  h->listener = host->get(host, PH_IF_LISTENER);
  h->session = host->get(host, PH_IF_SESSION);
  h->table.size = sizeof h->table;
  h->table.self = h;
  h->table.configure = configure;
  h->table.start = start;
  h->table.stop = stop;
  h->table.destroy = destroy;
  return &h->table;
}

const ph_descriptor* ph_plugin_v1(void) {
  static const ph_descriptor descriptor = {sizeof descriptor,   PH_ABI_MINOR,       PH_MANIFEST_ID,
                                           PH_MANIFEST_VERSION, PH_MANIFEST_SHA256, create};
  return &descriptor;
}
