// "/" on the HTTP listeners of a test server: a small page that says what runs where.
// Threads: show() from any thread, while requests are answered.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "app/listening.hpp"
#include "http/server.hpp"

namespace posthouse::app {

class HomePage {
 public:
  ph::Status add(http::Server& server);
  void show(const std::vector<Listening>& listening);

 private:
  // Shared with requests under way.
  struct Page {
    std::mutex mutex;
    std::string html;
  };
  const std::shared_ptr<Page> page_ = std::make_shared<Page>();
};

// The page itself.
std::string homePageHtml(const std::vector<Listening>& listening);

}  // namespace posthouse::app
