// From the configuration's words to the resolver's.
#pragma once

#include "config/server.hpp"
#include "dns/settings.hpp"
#include "ph/result.hpp"

namespace posthouse::app {

// "127.0.0.1", "127.0.0.1:53", "::1", "[::1]:53". Invalid: anything else.
ph::Result<net::Address> resolverAddress(const std::string& text);
// Invalid: what is no address, with its place.
ph::Result<dns::Settings> dnsSettings(const config::DnsConfig& config);

// Of a process without a server: `resolver` if it is not empty, else what the configuration says, else the system's.
ph::Result<dns::Settings> offlineDns(const std::string& resolver, const config::ServerConfig* config);

}  // namespace posthouse::app
