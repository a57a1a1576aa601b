#include "app/notifications.hpp"

#include <algorithm>

#include "log/log.hpp"
#include "ph/dsn/read.hpp"
#include "queue/operations.hpp"

namespace posthouse::app {
namespace {

const log::Log kLog("queue");
constexpr size_t kLongest = 256 * 1024;  // what is said comes before what is returned

}  // namespace

void readNotification(queue::Queue& queue, const mail::Message& message, const std::string& forwardPath) {
  std::string text(static_cast<size_t>(std::min<uint64_t>(message.length(), kLongest)), '\0');
  size_t done = 0;
  while (done < text.size()) {
    size_t n = 0;
    if (message.read(done, text.data() + done, text.size() - done, &n) != PH_OK || n == 0) return;
    done += n;
  }
  const auto report = ph::dsn::read(text);
  if (!report) return;
  const auto s = queue::Operations(queue).notified(forwardPath, *report);
  if (!s && s.error().kind != ph::Kind::NotFound)
    kLog.warn("notification not kept", {{"to", forwardPath}, {"reason", s.error().text}});
}

}  // namespace posthouse::app
