// ph.message/1 in memory, with a disk that can be full.
#pragma once

#include <ph/draft/host/message.h>

#include <string>

namespace ph::testkit {

const ph_message_api& fakeMessageTable();

// A finished message with one reference.
ph_message* makeMessage(const ph_host* host, std::string bytes);
const std::string& bytesOf(const ph_message* message);

}  // namespace ph::testkit
