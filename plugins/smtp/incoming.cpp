#include "incoming.hpp"

namespace ph_smtp {

namespace {

std::vector<ph::smtp::HeaderFilter::Field> watched(bool dropBcc) {
  std::vector<ph::smtp::HeaderFilter::Field> out = {{"received"}, {"tls-required"}, {"message-id"}};
  // RFC 5321 4.4: delivery writes the one that counts.
  out.push_back({"return-path", true});
  // RFC 5322 3.6.3: one of the three ways to handle Bcc, and the one users expect.
  if (dropBcc) {
    out.push_back({"bcc", true});
    out.push_back({"resent-bcc", true});
  }
  return out;
}

}  // namespace

Incoming::Incoming(ph::Message message, Limits limits, Form form, bool dropBcc)
    : message_(std::move(message)),
      limits_(limits),
      header_(
          [this](std::string_view bytes) {
            if (failure_ == PH_OK) failure_ = message_.write(bytes);
          },
          watched(dropBcc)) {
  const auto sink = [this](std::string_view bytes) { take(bytes); };
  if (form == Form::Data) {
    data_.emplace(sink);
  } else {
    chunks_.emplace(form == Form::Binary, sink);
  }
}

void Incoming::take(std::string_view bytes) {
  if (tooLarge_ || failure_ != PH_OK) return;
  if (size() > limits_.maxSize) {
    tooLarge_ = true;
    return;
  }
  header_.feed(bytes);
}

size_t Incoming::takeData(std::string_view bytes) {
  const size_t taken = data_->feed(bytes);
  consumed_ += taken;
  return taken;
}

void Incoming::takeChunk(std::string_view bytes) {
  consumed_ += bytes.size();
  chunks_->feed(bytes);
}

void Incoming::finish() {
  if (chunks_) chunks_->finish();
  header_.finish();
  if (failure_ == PH_OK) failure_ = message_.finish();
}

std::string_view Incoming::refusal() const {
  if (data_) return data_->refusalText();
  return chunks_->refused() ? "message contains a bare carriage return" : "";
}

}  // namespace ph_smtp
