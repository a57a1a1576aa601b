// What belongs to one mail transaction, from MAIL until its end: nothing of it outlives the transaction.
// Threads: the session's.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>

#include "ph/message.hpp"
#include "ph/smtp/data_reader.hpp"
#include "ph/smtp/path.hpp"

namespace ph_smtp {

// A message on its way in. Bytes go to the host's message as they come; none stay here.
struct Incoming {
  Incoming(ph::Message m, uint64_t max, uint64_t now)
      : message(std::move(m)), maxSize(max), startedMs(now), reader([this](std::string_view bytes) { take(bytes); }) {}
  Incoming(const Incoming&) = delete;
  Incoming& operator=(const Incoming&) = delete;

  ph::Message message;
  uint64_t maxSize;
  uint64_t startedMs;
  uint64_t consumed = 0;      // octets from the wire
  bool tooLarge = false;      // over maxSize: the rest is read and dropped
  ph_status failure = PH_OK;  // why the host could not take it
  ph::smtp::DataReader reader;

 private:
  void take(std::string_view bytes) {
    if (tooLarge || failure != PH_OK) return;
    if (reader.size() > maxSize) {
      tooLarge = true;
    } else {
      failure = message.write(bytes);
    }
  }
};

struct Envelope {
  ph::smtp::Path reversePath;
  bool smtpUtf8 = false;
  bool eightBit = false;
  std::set<std::string> recipients;  // canonical; the same mailbox twice gets one copy
  std::string pending;               // canonical form of the recipient being judged
  std::unique_ptr<Incoming> incoming;
};

}  // namespace ph_smtp
