// A mail transaction that destroys itself; what protocol plugins use of ph.pipeline/1.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ph/host.hpp"
#include "ph/message.hpp"

namespace ph {

class Transaction {
 public:
  Transaction() = default;
  static Transaction create(const Host& host, const ph_txn_info& info) {
    Transaction t;
    t.api_ = host.pipeline;
    if (t.api_->create(host.raw(), &info, &t.raw_) != PH_OK) t.raw_ = nullptr;
    return t;
  }
  Transaction(Transaction&& o) noexcept : api_(o.api_), raw_(o.raw_) { o.raw_ = nullptr; }
  Transaction& operator=(Transaction&& o) noexcept {
    std::swap(api_, o.api_);
    std::swap(raw_, o.raw_);
    return *this;
  }
  ~Transaction() {
    if (raw_) api_->destroy(raw_);
  }
  explicit operator bool() const { return raw_ != nullptr; }
  ph_txn* raw() const { return raw_; }
  const ph_pipeline& api() const { return *api_; }

  std::string_view id() const { return view(api_->message_id(raw_)); }
  Status setReversePath(std::string_view path, const ph_mail_params& params) {
    return toStatus(api_->set_reverse_path(raw_, str(path), &params));
  }
  // What a hook found out, if one did.
  std::optional<std::string_view> fact(std::string_view name) const {
    ph_str value{};
    if (api_->fact(raw_, str(name), &value) != PH_OK) return std::nullopt;
    return view(value);
  }
  Status addRcpt(const ph_rcpt& rcpt) { return toStatus(api_->rcpt_add(raw_, &rcpt)); }
  void removeLastRcpt() { api_->rcpt_remove_last(raw_); }
  size_t rcptCount() const { return api_->rcpt_count(raw_); }
  Status setMessage(const Message& m) { return toStatus(api_->set_message(raw_, m.raw())); }
  Status addTrace(std::string_view name, std::string_view value) {
    return toStatus(api_->add_trace(raw_, str(name), str(value)));
  }
  std::string received() const {
    std::string out;
    api_->received(raw_, stringSink(out));
    return out;
  }
  // True: done already. False: fn(ctx) will be called once. `out` must stay valid until then.
  bool run(int32_t stage, ph_verdict& out, void (*fn)(void*), void* ctx) {
    return api_->run(raw_, stage, &out, fn, ctx) != 0;
  }
  Status deliver(ph_verdict& out) { return toStatus(api_->deliver(raw_, &out)); }
  ph_verdict outcome(size_t index) const {
    auto v = sized<ph_verdict>();
    api_->outcome(raw_, index, &v);
    return v;
  }

 private:
  const ph_pipeline* api_ = nullptr;
  ph_txn* raw_ = nullptr;
};

}  // namespace ph
