#include "testkit/connections.hpp"

#include "ph/text.hpp"
#include "testkit/fake_host.hpp"

namespace ph::testkit {

TlsAsked TlsAsked::from(const ph_tls_client& t) {
  TlsAsked out{t.verify, std::string(view(t.server_name)), {}, {}};
  for (size_t i = 0; i < t.name_count; ++i) out.names.emplace_back(view(t.names[i]));
  for (size_t i = 0; i < t.record_count; ++i) out.records.emplace_back(view(t.records[i]));
  return out;
}

Peer::Peer(FakeHost& host, const ph_connect_to& to, const ph_client& client)
    : port(to.port),
      proxy(view(to.proxy)),
      sourceIpv4(view(to.source_ipv4)),
      sourceIpv6(view(to.source_ipv6)),
      host_(host),
      client_(client) {
  for (size_t i = 0; i < to.address_count; ++i) addresses.emplace_back(view(to.addresses[i]));
  if (to.tls) tls = TlsAsked::from(*to.tls);
}

Peer::~Peer() {
  connection_.reset();
  if (!over_) refuse("nobody answered");
}

Client& Peer::accept(size_t address) {
  over_ = true;
  auto p = sized<ph_protocol>();
  p.name = "outgoing";
  p.self = &client_;
  p.open = [](void* self, ph_session* session, const ph_session_info* info) -> void* {
    const auto& c = *static_cast<ph_client*>(self);
    c.opened(c.self, session, info);
    return self;
  };
  p.run = [](void* self, uint32_t why) {
    const auto& c = *static_cast<ph_client*>(self);
    return c.run(c.self, why);
  };
  p.close = [](void* self) {
    const auto& c = *static_cast<ph_client*>(self);
    c.closed(c.self, PH_OK, {});
  };
  connection_ = std::make_unique<Client>(host_, p, tls, addresses.at(address));
  return *connection_;
}

void Peer::refuse(const std::string& text) {
  over_ = true;
  client_.closed(client_.self, PH_E_TEMPORARY, str(text));
}

Connections::Connections() : table_(sized<ph_connect>()) {
  table_.open = [](const ph_host* host, const ph_connect_to* to, const ph_client* client, uint64_t* id) -> ph_status {
    auto& all = *const_cast<Connections*>(static_cast<const Connections*>(host->get(host, kId)));
    if (all.answer != PH_OK) return all.answer;
    if (to->address_count == 0) return PH_E_INVALID;
    all.waiting.push_back(std::make_unique<Peer>(FakeHost::of(host), *to, *client));
    *id = 0;  // a session has its id when it is opened
    return PH_OK;
  };
}

Connections::~Connections() = default;

}  // namespace ph::testkit
