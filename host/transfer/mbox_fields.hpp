// Flags, keywords and the date of a message in an mbox: the fields Status, X-Status, X-Keywords.
// Guarantees: what format() adds parse() takes away again, byte for byte, whatever fields the message has itself.
// Threads: pure functions.
#pragma once

#include "ph/mbox/splitter.hpp"
#include "transfer/parcel.hpp"

namespace posthouse::transfer {

// Without mailbox and key.
Parcel fromMbox(ph::mbox::Message message);

// The "From " line, fields, message, empty line: with LF. Quoted as mboxrd.
std::string toMbox(const Parcel& parcel);

}  // namespace posthouse::transfer
