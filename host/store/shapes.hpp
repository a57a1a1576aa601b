// Where messages stand in their files, of those whose rows were read last: whoever reads rows with sizes opens the
// messages next. What is known stays true, as ids are never used again and message files never change. Threads: any.
#pragma once

#include <algorithm>
#include <mutex>
#include <optional>
#include <vector>

#include "store/types.hpp"

namespace posthouse::store {

class Shapes {
 public:
  struct Shape {
    MessageId id;
    std::uint64_t offset;  // of the visible message in its file
    std::uint64_t size;    // of the visible message
  };

  // In any order, instead of the ones before.
  void remember(std::vector<Shape> shapes) {
    const std::lock_guard guard(mutex_);
    shapes_ = std::move(shapes);
    next_ = 0;
  }
  std::optional<Shape> find(MessageId id) {
    const std::lock_guard guard(mutex_);
    // Mostly they are asked for in the order of the rows.
    for (std::size_t i = 0; i < shapes_.size(); ++i) {
      const auto at = (next_ + i) % shapes_.size();
      if (shapes_[at].id != id) continue;
      next_ = at + 1;
      return shapes_[at];
    }
    return {};
  }
  void forget() { remember({}); }

 private:
  std::mutex mutex_;
  std::vector<Shape> shapes_;
  std::size_t next_ = 0;
};

}  // namespace posthouse::store
