// A message on its way in, by DATA or in chunks: decoded, its header watched, then given to the host octet by octet.
// Guarantees: bytes go to the host's message as they come, none stay here. Threads: the session's.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "ph/message.hpp"
#include "ph/smtp/chunk_reader.hpp"
#include "ph/smtp/data_reader.hpp"
#include "ph/smtp/header_filter.hpp"

namespace ph_smtp {

class Incoming {
 public:
  enum class Form { Data, Text, Binary };  // by DATA; by BDAT, and whether BODY=BINARYMIME was said

  struct Limits {
    uint64_t maxSize = 0;
    uint64_t startedMs = 0;
  };

  // `dropBcc`: a user's own message, whose Bcc is not for the eyes of the others.
  Incoming(ph::Message message, Limits limits, Form form, bool dropBcc);
  Incoming(const Incoming&) = delete;
  Incoming& operator=(const Incoming&) = delete;

  // Takes octets after DATA; returns how many belong to the message.
  size_t takeData(std::string_view bytes);
  bool dataDone() const { return data_ && data_->done(); }
  // Takes octets of a chunk: all of them.
  void takeChunk(std::string_view bytes);
  // The last octet was taken.
  void finish();

  bool byChunks() const { return chunks_.has_value(); }
  // Why the octets themselves refuse the message; empty: they don't.
  std::string_view refusal() const;
  bool tooLarge() const { return tooLarge_; }
  ph_status failure() const { return failure_; }  // why the host could not take it
  uint64_t size() const { return data_ ? data_->size() : chunks_->size(); }
  uint64_t consumed() const { return consumed_; }  // octets from the wire
  const Limits& limits() const { return limits_; }
  bool binary() const { return chunks_ && !chunks_->plain(); }  // can't be sent with DATA as it is
  const ph::smtp::HeaderFilter& header() const { return header_; }
  const ph::Message& message() const { return message_; }
  void replaceMessage(ph::Message message) { message_ = std::move(message); }

 private:
  void take(std::string_view bytes);

  ph::Message message_;
  Limits limits_;
  uint64_t consumed_ = 0;
  bool tooLarge_ = false;  // over the limit: the rest is read and dropped
  ph_status failure_ = PH_OK;
  ph::smtp::HeaderFilter header_;
  std::optional<ph::smtp::DataReader> data_;
  std::optional<ph::smtp::ChunkReader> chunks_;
};

}  // namespace ph_smtp
