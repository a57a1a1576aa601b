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

}  // namespace posthouse::app
