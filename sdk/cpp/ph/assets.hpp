// Files that never change while the server runs, served by the host for the plugin.
// Threads: the control thread, in Plugin::start.
#pragma once

#include <ph/draft/host/assets.h>
#include <ph/draft/host/http.h>

#include <string>
#include <string_view>
#include <vector>

#include "ph/host.hpp"
#include "ph/result.hpp"
#include "ph/text.hpp"

namespace ph {

struct Asset {
  std::string_view path;  // below the prefix
  std::string_view content;
  std::string_view type = {};  // empty: by the name's ending
};

struct Assets {
  std::string prefix;       // begins and ends with "/"
  std::string folder = {};  // beside the shared object
  std::string index = "index.html";
  std::string fallback = {};
  std::string policy = {};  // Content-Security-Policy
  int32_t audience = PH_HTTP_PUBLIC;
  uint32_t maxAgeSeconds = 0;
  std::string listener = {};
  std::string host = {};
  std::vector<Asset> files = {};

  // See ph_assets.
  Status serve(const Host& to) const {
    const auto* api = to.get<ph_assets>(PH_IF_ASSETS);
    if (!api) return Error{Kind::Unavailable, "this host serves no assets"};
    std::vector<ph_asset> list;
    for (const auto& f : files) {
      auto a = sized<ph_asset>();
      a.path = str(f.path);
      a.type = str(f.type);
      a.content = str(f.content);
      list.push_back(a);
    }
    auto b = sized<ph_assets_bundle>();
    b.audience = audience;
    b.max_age_s = maxAgeSeconds;
    b.listener = str(listener);
    b.host = str(host);
    b.prefix = str(prefix);
    b.folder = str(folder);
    b.index = str(index);
    b.fallback = str(fallback);
    b.policy = str(policy);
    b.files = list.data();
    b.file_count = list.size();
    return toStatus(api->serve(to.raw(), &b), "the assets of " + prefix + " are refused");
  }
};

}  // namespace ph
