// Opening files with root's rights on somebody else's word: only where root alone decides what lies at the path.
#pragma once

#include <string>

#include "base/descriptor.hpp"
#include "ph/result.hpp"

namespace posthouse::app {

// Opens the file for reading. Denied, saying which, when a folder, link or file on the way belongs to another user than
// root or us, or can be written by others: whoever can change the way could have anything read. Links are followed by
// the same rule. In a folder with the sticky bit (as /tmp) what is root's own counts.
ph::Result<Descriptor> openTrusted(const std::string& path);

}  // namespace posthouse::app
