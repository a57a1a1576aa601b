#include "testkit/signers.hpp"

#include "ph/text.hpp"
#include "testkit/fake_host.hpp"

namespace ph::testkit {

Signers::Signers() : table_(sized<ph_signer>()) {
  table_.offer = [](const ph_host* host, const ph_signer_offer* offer) -> ph_status {
    auto& all = const_cast<Signers*>(static_cast<const Signers*>(host->get(host, kId)))->offers;
    return all.emplace(offer->name, *offer).second ? PH_OK : PH_E_CONFLICT;
  };
}

std::optional<std::string> Signers::sign(FakeHost& host, const std::string& signer, const std::string& message,
                                         const std::string& author, const std::string& account) {
  const auto& offer = offers.at(signer);
  ph_message* handle = makeMessage(&host.raw, message);
  auto what = sized<ph_signing>();
  what.message = handle;
  const std::string domain = author.substr(author.rfind('@') + 1);
  what.domain = str(domain);
  what.author = str(author);
  what.account = str(account);
  what.reverse_path = str(author);
  std::string out;
  status = offer.sign(offer.self, &what, stringSink(out));
  fakeMessageTable().release(handle);
  if (status != PH_OK) return std::nullopt;
  return out;
}

}  // namespace ph::testkit
