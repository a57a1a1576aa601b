// ph.message/1 in memory, with a disk that can be full.
#pragma once

#include <ph/draft/host/message.h>

const ph_message_api& fakeMessageTable();
