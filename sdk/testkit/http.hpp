// A ph.http/1 without connections: a test asks a plugin's routes and looks at what they answered. Threads: one.
#pragma once

#include <ph/draft/host/admin.h>
#include <ph/draft/host/assets.h>
#include <ph/draft/host/http.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ph::testkit {

struct HttpAsked {
  std::string method = "GET";
  std::string path = "/";
  std::string query;
  std::string body;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string account;  // who has logged in
  int role = 0;
};

struct HttpAnswer {
  ph_status result = PH_E_NOT_FOUND;  // of the handler; PH_E_NOT_FOUND also: no such route
  int status = 200;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;
};

class Http {
 public:
  static constexpr const char* kId = "testkit.http";

  struct Route {
    std::string path;
    uint32_t methods = 0;
    uint32_t flags = 0;
    int32_t audience = 0;
    void* self = nullptr;
    ph_status (*handle)(void* self, ph_exchange* exchange) = nullptr;
  };

  Http();
  const ph_http* table() const { return &table_; }
  const ph_assets* assetsTable() const { return &assets_; }
  const ph_admin* adminTable() const { return &admin_; }
  static Http& of(const ph_host* host);

  // The exact path wins, then the longest prefix; HEAD is not asked for.
  HttpAnswer ask(const HttpAsked& what) const;

  std::vector<Route> routes;
  // What is served as ph.assets/1, without the folders' files.
  struct Bundle {
    std::string prefix;
    std::string folder;
    int32_t audience = 0;
    std::map<std::string, std::string> files;
  };
  std::vector<Bundle> bundles;
  // What ph.admin/1 was told.
  struct Page {
    std::string title, help, path;
    int32_t audience = 0;
  };
  std::vector<Page> pages;

 private:
  ph_admin admin_;
  ph_assets assets_;
  ph_http table_;
};

}  // namespace ph::testkit
