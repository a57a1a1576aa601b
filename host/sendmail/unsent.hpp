// Mail that could not be handed over: one file per message, kept until `sendmail -q` gets rid of it.
#pragma once

#include <string>
#include <vector>

#include "ph/result.hpp"
#include "sendmail/prepare.hpp"

namespace posthouse::sendmail {

// Durable after success. The file's path.
ph::Result<std::string> keep(const std::string& folder, const std::string& id, const Prepared& mail);
// Paths, the oldest first.
std::vector<std::string> unsent(const std::string& folder);
ph::Result<Prepared> readUnsent(const std::string& file);

}  // namespace posthouse::sendmail
