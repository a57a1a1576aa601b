#include <ph/entry.h>

#include "ph_manifest.h"

extern "C" const ph_descriptor* ph_plugin_v1(void) {
  static const ph_descriptor descriptor = {
      8, PH_ABI_MINOR, PH_MANIFEST_ID, PH_MANIFEST_VERSION, PH_MANIFEST_SHA256, nullptr};
  return &descriptor;
}
