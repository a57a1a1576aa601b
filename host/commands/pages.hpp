// What plugins add to the menu for people. Threads: all from any thread.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "ph/result.hpp"

namespace posthouse::commands {

struct Page {
  std::string plugin;
  std::string title;
  std::string help;
  std::string path;    // empty: the form of the plugin's options
  bool admin = false;  // else for all who have logged in
};

class Pages {
 public:
  // Invalid; Conflict: the plugin has one with this title.
  ph::Status add(const void* owner, Page page);
  void remove(const void* owner);
  std::vector<Page> all() const;  // by title
  // Whether the plugin wants a form.
  bool hasForm(const std::string& plugin) const;

 private:
  struct Entry {
    const void* owner;
    Page page;
  };
  mutable std::mutex mutex_;
  std::vector<Entry> entries_;
};

}  // namespace posthouse::commands
