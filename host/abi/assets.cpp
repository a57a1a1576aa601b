#include "ph/draft/host/assets.h"

#include <cstddef>
#include <filesystem>

#include "abi/sized.hpp"
#include "abi/tables.hpp"
#include "http/assets.hpp"
#include "http/server.hpp"
#include "ph/draft/host/http.h"
#include "ph/text.hpp"
#include "plugin/instance.hpp"

namespace posthouse::abi {
namespace {

namespace fs = std::filesystem;

// A name below the folder of the plugin's manifest and shared object.
ph::Result<std::string> beside(const plugin::Instance& i, const std::string& folder) {
  const fs::path path(folder);
  for (const auto& part : path) {
    if (part == ".." || part == "/") return ph::Error{ph::Kind::Invalid, "'" + folder + "' is not beside the plugin"};
  }
  return (fs::path(i.manifest().file).parent_path() / path).string();
}

ph_status serve(const ph_host* host, const ph_assets_bundle* given) {
  if (!given || given->size < offsetof(ph_assets_bundle, file_count)) return PH_E_INVALID;
  const auto b = take(*given);
  auto* i = plugin::Instance::of(host);
  if (b.audience < PH_HTTP_PUBLIC || b.audience > PH_HTTP_ADMIN || (b.file_count > 0 && !b.files)) return PH_E_INVALID;
  if (!i->core().http) return PH_E_UNAVAILABLE;
  if (!i->mayRegister()) return PH_E_DENIED;
  const auto refused = [&](const ph::Error& e) {
    i->log().error("assets refused", {{"prefix", ph::view(b.prefix)}, {"reason", e.text}});
    return static_cast<ph_status>(e.kind);
  };
  http::Route r;
  r.path = ph::view(b.prefix);
  r.listener = ph::view(b.listener);
  r.host = ph::view(b.host);
  r.audience = static_cast<http::Audience>(b.audience);
  r.prefix = r.quick = true;
  r.owner = i;
  r.plugin = i->manifest().id;
  if (r.path.empty()) return PH_E_INVALID;
  auto assets = std::make_shared<http::Assets>(
      http::Assets::Rules{r.path, std::string(ph::view(b.index)), std::string(ph::view(b.fallback)),
                          std::string(ph::view(b.policy)), b.max_age_s, b.audience == PH_HTTP_PUBLIC});
  if (b.folder.len > 0) {
    const auto folder = beside(*i, std::string(ph::view(b.folder)));
    if (!folder) return refused(folder.error());
    if (auto s = assets->addFolder(*folder); !s) return refused(s.error());
  }
  for (size_t n = 0; n < b.file_count; ++n) {
    const ph_asset& f = b.files[n];
    if (auto s = assets->add(ph::view(f.path), std::string(ph::view(f.content)), ph::view(f.type)); !s)
      return refused(s.error());
  }
  assets->finish();
  r.handler = std::move(assets);
  if (auto s = i->core().http->add(std::move(r)); !s) return refused(s.error());
  return PH_OK;
}

}  // namespace

const void* assetsTable() {
  static const ph_assets table = {sizeof(ph_assets), 0, serve};
  return &table;
}

}  // namespace posthouse::abi
