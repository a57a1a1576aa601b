#include "testkit/fake_message.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include "testkit/fake_host.hpp"

struct ph_message {
  ph::testkit::FakeHost* host;
  uint64_t max;
  std::string bytes;
  int references = 1;
  bool finished = false;
};

namespace ph::testkit {

ph_message* makeMessage(const ph_host* h, std::string bytes) {
  FakeHost& host = FakeHost::of(h);
  ++host.messages;
  return new ph_message{&host, bytes.size(), std::move(bytes), 1, true};
}

const std::string& bytesOf(const ph_message* message) {
  return message->bytes;
}

const ph_message_api& fakeMessageTable() {
  static const ph_message_api table = [] {
    auto t = ph::sized<ph_message_api>();
    t.create = [](const ph_host* h, uint64_t max, ph_message** out) -> ph_status {
      FakeHost& host = FakeHost::of(h);
      if (host.noMessages) return PH_E_LIMIT;
      ++host.messages;
      *out = new ph_message{&host, max, {}, 1, false};
      return PH_OK;
    };
    t.write = [](ph_message* m, const void* data, size_t size) -> ph_status {
      if (m->finished) return PH_E_INVALID;
      if (m->bytes.size() + size > std::min(m->max, m->host->disk)) return PH_E_LIMIT;
      m->bytes.append(static_cast<const char*>(data), size);
      return PH_OK;
    };
    t.finish = [](ph_message* m) -> ph_status {
      m->finished = true;
      return PH_OK;
    };
    t.length = [](const ph_message* m) -> uint64_t { return m->bytes.size(); };
    t.read = [](const ph_message* m, uint64_t offset, void* buffer, size_t size, size_t* n) -> ph_status {
      *n = offset >= m->bytes.size() ? 0 : std::min(size, m->bytes.size() - static_cast<size_t>(offset));
      std::memcpy(buffer, m->bytes.data() + std::min<size_t>(offset, m->bytes.size()), *n);
      return PH_OK;
    };
    // As for a message in a file: nothing to lend when it is large.
    t.view = [](const ph_message* m, size_t max, ph_str* out) -> ph_status {
      if (m->bytes.size() > max) return PH_E_LIMIT;
      *out = ph::str(m->bytes);
      return PH_OK;
    };
    t.retain = [](ph_message* m) { ++m->references; };
    t.release = [](ph_message* m) {
      if (--m->references > 0) return;
      --m->host->messages;
      delete m;
    };
    return t;
  }();
  return table;
}

}  // namespace ph::testkit
