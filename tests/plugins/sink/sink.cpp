// A transport that delivers into a file: a line for each recipient, in the file before its result is told. Recipients
// at refused.example are refused, those at later.example put off.
#include <fcntl.h>
#include <ph/draft/host/transport.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "ph/plugin.hpp"
#include "ph/text.hpp"
#include "ph_manifest.h"

namespace {

class SinkPlugin : public ph::Plugin {
 public:
  using Plugin::Plugin;

  ph::Status configure(const ph::Config& config, bool checkOnly) override {
    if (!checkOnly) file_ = config.string("file");
    return {};
  }

  ph::Status start() override {
    table_ = static_cast<const ph_transport*>(host().raw()->get(host().raw(), PH_IF_TRANSPORT));
    if (!table_) return ph::Error{ph::Kind::Unavailable, "no ph.transport/1"};
    auto offer = ph::sized<ph_transport_offer>();
    offer.name = "sink";
    offer.self = this;
    offer.begin = [](void* self, ph_attempt* a) { return static_cast<SinkPlugin*>(self)->carry(a); };
    offer.cancel = [](void*, ph_attempt*) {};  // an attempt lasts no longer than its messages
    return ph::toStatus(table_->offer(host().raw(), &offer), "the name is taken");
  }

 private:
  // As an SMTP server does: each message is its own, its recipients are answered together.
  ph_status carry(ph_attempt* a) const {
    auto message = ph::sized<ph_delivery>();
    while (table_->next(a, &message) == PH_OK) {
      const std::string id(ph::view(message.id));
      std::string lines;
      std::vector<ph_attempt_result> results;
      for (size_t i = 0; i < message.rcpt_count; ++i) {
        auto rcpt = ph::sized<ph_delivery_rcpt>();
        (void)table_->rcpt(a, i, &rcpt);
        const std::string to(ph::view(rcpt.forward_path));
        results.push_back(answer(to));
        if (results.back().outcome == PH_DELIVERED) lines += id + " " + to + "\n";
      }
      const int fd = ::open(file_.c_str(), O_WRONLY | O_APPEND | O_CREAT, 0600);
      const bool written = fd >= 0 && ::write(fd, lines.data(), lines.size()) == static_cast<ssize_t>(lines.size());
      if (fd >= 0) ::close(fd);
      for (size_t i = 0; i < results.size(); ++i) {
        if (!written && results[i].outcome == PH_DELIVERED) results[i].outcome = PH_DELIVERY_TEMPORARY;
        (void)table_->result(a, i, &results[i]);
      }
    }
    table_->end(a, nullptr, {});
    return PH_OK;
  }

  static ph_attempt_result answer(const std::string& to) {
    auto r = ph::sized<ph_attempt_result>();
    r.host = ph::str("sink.example");
    r.code = 250;
    r.text = ph::str("2.0.0 taken");
    if (to.ends_with("@refused.example")) {
      r.outcome = PH_DELIVERY_PERMANENT;
      r.code = 550;
      r.enhanced = ph::str("5.1.1");
      r.text = ph::str("550 5.1.1 no such user");
    } else if (to.ends_with("@later.example")) {
      r.outcome = PH_DELIVERY_TEMPORARY;
      r.code = 451;
      r.text = ph::str("451 4.3.0 come again");
    }
    return r;
  }

  const ph_transport* table_ = nullptr;
  std::string file_;
};

}  // namespace

PH_PLUGIN(SinkPlugin)
