// The carriers of the queue itself, and the one that stands for a plugin's transport.
#pragma once

#include <memory>
#include <string>

#include "queue/queue.hpp"

namespace posthouse::queue {

// Who offers this name carries all mail that goes elsewhere.
inline constexpr const char* kCarrierName = "smtp";

// Delivers to accounts here.
std::shared_ptr<Carrier> newLocalCarrier(LocalDelivery deliver);
// Refuses everything with the configured words.
std::shared_ptr<Carrier> newFailCarrier();
// `offer` is copied; its `self` must live until the attempts have ended.
std::shared_ptr<Carrier> newPluginCarrier(const ph_transport_offer& offer, std::string plugin);

}  // namespace posthouse::queue
