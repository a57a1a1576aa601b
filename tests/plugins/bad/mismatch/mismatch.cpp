#include <ph/entry.h>

#include "ph_manifest.h"

extern "C" const ph_descriptor* ph_plugin_v1(void) {
  static const ph_descriptor descriptor = {
      sizeof(ph_descriptor), PH_ABI_MINOR, PH_MANIFEST_ID,
      PH_MANIFEST_VERSION,   "0000",       [](const ph_host*, ph_error*) -> const ph_plugin* { return nullptr; }};
  return &descriptor;
}
