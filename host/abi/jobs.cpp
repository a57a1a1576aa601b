#include "ph/draft/host/jobs.h"

#include "abi/tables.hpp"
#include "plugin/instance.hpp"

namespace posthouse::abi {
namespace {

using plugin::Instance;

ph_status run(const ph_host* host, int32_t pool, void (*fn)(void*), void* ctx) {
  return Instance::of(host)->runJob(pool, fn, ctx);
}

ph_status schedule(const ph_host* host, int32_t pool, uint32_t delay, uint32_t period, void (*fn)(void*), void* ctx,
                   uint64_t* id) {
  return Instance::of(host)->schedule(pool, delay, period, fn, ctx, id);
}

ph_status cancel(const ph_host* host, uint64_t id) {
  return Instance::of(host)->cancel(id);
}

}  // namespace

const void* jobsTable() {
  static const ph_jobs table = {sizeof(ph_jobs), 0, run, schedule, cancel};
  return &table;
}

}  // namespace posthouse::abi
