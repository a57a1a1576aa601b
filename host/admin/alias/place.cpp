#include "admin/alias/place.hpp"

#include "admin/change_call.hpp"
#include "config/edit/edit.hpp"
#include "ph/address/addr_spec.hpp"

namespace posthouse::admin {

ph::Result<AliasPlace> aliasPlace(const Call& call) {
  const auto address = ph::address::parseAddrSpec(call.text("address"));
  if (!address)
    return ph::Error{ph::Kind::Invalid, "'" + call.text("address") + "' is not an address: " + address.error().text};
  const auto file = domainFile(call.core, address->domain);
  if (!file) return file.error();
  AliasPlace out{*file, "aliases." + config::edit::keyText(address->localpart), nullptr, call.core.config()};
  for (const auto& a : out.config->domains.at(address->domain).aliases) {
    if (a.localpart == address->localpart) out.alias = &a;
  }
  return out;
}

ph::Result<Changes::Texts> editedAlias(const Call& call, const AliasPlace& place, const Changes& changes) {
  auto text = changes.text(place.file);
  for (const auto& [name, value] : call.args.members()) {
    if (name == "address" || name == "preview") continue;
    const auto path = config::edit::parsePath(place.path + "." + name);
    if (!path) return path.error();
    if (text) text = config::edit::set(*text, *path, value);
  }
  if (!text) return text.error();
  return Changes::Texts{{place.file, *text}};
}

}  // namespace posthouse::admin
