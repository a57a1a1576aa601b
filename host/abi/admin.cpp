#include "ph/draft/host/admin.h"

#include <cstddef>

#include "abi/sized.hpp"
#include "abi/tables.hpp"
#include "commands/pages.hpp"
#include "ph/draft/host/http.h"
#include "ph/text.hpp"
#include "plugin/instance.hpp"

namespace posthouse::abi {
namespace {

ph_status pageAdd(const ph_host* host, const ph_admin_page* page) {
  if (!page || page->size < offsetof(ph_admin_page, path) + sizeof(page->path) ||
      (page->audience != PH_HTTP_ACCOUNT && page->audience != PH_HTTP_ADMIN))
    return PH_E_INVALID;
  auto* i = plugin::Instance::of(host);
  if (!i->core().pages) return PH_E_UNAVAILABLE;
  if (!i->mayRegister()) return PH_E_DENIED;
  const auto p = take(*page);
  const auto s =
      i->core().pages->add(i, {i->manifest().id, std::string(ph::view(p.title)), std::string(ph::view(p.help)),
                               std::string(ph::view(p.path)), p.audience == PH_HTTP_ADMIN});
  if (!s) i->log().error("page refused", {{"reason", s.error().text}});
  return ph::fromStatus(s);
}

}  // namespace

const void* adminTable() {
  static const ph_admin table = {sizeof(ph_admin), 0, pageAdd};
  return &table;
}

}  // namespace posthouse::abi
