// Entries of the menu for people. Threads: the control thread, in Plugin::start.
#pragma once

#include <ph/draft/host/admin.h>
#include <ph/draft/host/http.h>

#include <string>

#include "ph/host.hpp"
#include "ph/result.hpp"
#include "ph/text.hpp"

namespace ph {

struct AdminPage {
  std::string title;
  std::string help = {};
  std::string path = {};  // empty: a form of the plugin's options
  int32_t audience = PH_HTTP_ADMIN;

  // See ph_admin.
  Status add(const Host& to) const {
    const auto* api = to.get<ph_admin>(PH_IF_ADMIN);
    if (!api) return Error{Kind::Unavailable, "this host has no pages for people"};
    auto p = sized<ph_admin_page>();
    p.audience = audience;
    p.title = str(title);
    p.help = str(help);
    p.path = str(path);
    return toStatus(api->page_add(to.raw(), &p), "the page '" + title + "' is refused");
  }
};

}  // namespace ph
