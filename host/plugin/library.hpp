// Loading a plugin's shared object: own dlopen code, because all symbols must be bound at once and stay private.
// The file is loaded from a private copy named by its content, so that replacing the installed file never touches
// running code. Never unloaded.
#pragma once

#include <string>

#include "ph/entry.h"
#include "ph/result.hpp"
#include "plugin/manifest.hpp"

namespace posthouse::plugin {

// The checked descriptor of `file`; it lives for ever. Refused with a reason when the entry is missing, the descriptor
// is malformed or does not agree with the manifest. `program`: tries it first, see probe(); empty: nothing does.
ph::Result<const ph_descriptor*> loadLibrary(const std::string& file, const std::string& copyFolder,
                                             const Manifest& manifest, const std::string& program);

}  // namespace posthouse::plugin
