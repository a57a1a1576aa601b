#include "ph/header/writer.hpp"
#include "pipeline/delivery.hpp"

namespace posthouse::pipeline {

ph::Result<std::string> traceHeader(const Transaction& txn) {
  ph::header::HeaderWriter w(true);
  for (const auto& [name, value] : txn.trace) {
    if (auto s = w.add(name, value); !s) return ph::Error{ph::Kind::Invalid, name + ": " + s.error().text};
  }
  return w.take();
}

ph::Result<std::string> deliveryHeader(const Transaction& txn, const Recipient& rcpt, const std::string& hostname) {
  ph::header::HeaderWriter w(true);
  auto add = [&](const std::string& name, const std::string& value) -> ph::Status {
    if (auto s = w.add(name, value); !s) return ph::Error{ph::Kind::Invalid, name + ": " + s.error().text};
    return {};
  };
  if (auto s = add("Return-Path", "<" + txn.reversePath + ">"); !s) return s.error();
  if (auto s = add("Delivered-To", rcpt.forwardPath); !s) return s.error();
  if (!txn.authResults.empty()) {
    std::string value = hostname;
    for (const auto& entry : txn.authResults) value += "; " + entry;
    if (auto s = add("Authentication-Results", value); !s) return s.error();
  }
  for (const auto& [name, value] : txn.headers) {
    if (auto s = add(name, value); !s) return s.error();
  }
  const auto trace = traceHeader(txn);
  if (!trace) return trace.error();
  return w.take() + *trace;
}

}  // namespace posthouse::pipeline
