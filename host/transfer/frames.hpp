// Batches and pages as bytes, between the command line and the server: each message is a line of JSON and then its
// bytes. Guarantees: what is written is read back; anything else is refused. Threads: pure functions.
#pragma once

#include "transfer/parcel.hpp"

namespace posthouse::transfer {

std::string encode(const Batch& batch);
ph::Result<Batch> decodeBatch(std::string_view text);

std::string encode(const Page& page);
ph::Result<Page> decodePage(std::string_view text);

std::string toHex(std::string_view bytes);
ph::Result<std::string> fromHex(std::string_view text);

}  // namespace posthouse::transfer
