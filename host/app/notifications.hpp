// Notifications about our own mail that come in: told to the queue.
// Threads: those that deliver; blocks for the disk.
#pragma once

#include <string>

#include "mail/message.hpp"
#include "queue/queue.hpp"

namespace posthouse::app {

// A message from <> was stored for `forwardPath`. Whatever else it is, it is left alone.
void readNotification(queue::Queue& queue, const mail::Message& message, const std::string& forwardPath);

}  // namespace posthouse::app
