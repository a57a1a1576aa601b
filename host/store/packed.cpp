#include "store/packed.hpp"

#include <zstd.h>

#include <memory>
#include <mutex>
#include <vector>

#include "store/hash.hpp"

namespace posthouse::store {
namespace {

constexpr std::size_t kBlock = 4096;
// The first is read back twice as fast as the second, which is a third smaller.
constexpr int kFast = -2, kSmall = 1;
constexpr std::string_view kMagic("\x28\xB5\x2F\xFD", 4);
constexpr std::size_t kKept = 4;  // contexts; each takes a few hundred KiB

std::size_t blocks(std::size_t size) {
  return (size + kBlock - 1) / kBlock;
}

// Contexts are costly to make and stay as large as they ever were: a few are kept for all threads.
template <typename Context, Context* (*make)(), std::size_t (*destroy)(Context*)>
class Contexts {
 public:
  struct Destroy {
    void operator()(Context* c) const { destroy(c); }
  };
  using Owned = std::unique_ptr<Context, Destroy>;

  Owned take() {
    {
      std::lock_guard lock(mutex_);
      if (!free_.empty()) {
        auto c = std::move(free_.back());
        free_.pop_back();
        return c;
      }
    }
    return Owned(make());
  }
  void give(Owned c) {
    std::lock_guard lock(mutex_);
    if (free_.size() < kKept) free_.push_back(std::move(c));
  }

 private:
  std::mutex mutex_;
  std::vector<Owned> free_;
};

Contexts<ZSTD_CCtx, ZSTD_createCCtx, ZSTD_freeCCtx> packers;
Contexts<ZSTD_DCtx, ZSTD_createDCtx, ZSTD_freeDCtx> unpackers;

const ph::Error kDamaged{ph::Kind::Permanent, "a packed message file is damaged"};

}  // namespace

bool isPacked(std::string_view content) {
  return content.starts_with(kMagic);
}

std::string pack(std::string content) {
  const std::size_t now = blocks(content.size());
  if (now < 2 || content.size() > kMaxPacked) return content;
  auto context = packers.take();
  if (!context) return content;
  std::string best;
  std::size_t room = now - 1;  // in blocks: what takes as many as the best so far is of no use
  for (const int level : {kFast, kSmall}) {
    if (room == 0) break;
    std::string frame(room * kBlock, '\0');
    const auto n = ZSTD_compressCCtx(context.get(), frame.data(), frame.size(), content.data(), content.size(), level);
    if (ZSTD_isError(n)) continue;
    frame.resize(n);
    best = std::move(frame);
    room = blocks(n) - 1;
  }
  packers.give(std::move(context));
  return best.empty() ? content : best;
}

ph::Result<std::string> unpack(std::string content) {
  if (!isPacked(content)) return content;
  const auto size = ZSTD_getFrameContentSize(content.data(), content.size());
  if (size > kMaxPacked) return kDamaged;  // unknown is more, too
  auto context = unpackers.take();
  if (!context) return ph::Error{ph::Kind::Temporary, "out of memory"};
  std::string whole(size, '\0');
  const auto n = ZSTD_decompressDCtx(context.get(), whole.data(), whole.size(), content.data(), content.size());
  unpackers.give(std::move(context));
  if (n != size) return kDamaged;
  return whole;
}

std::string salvage(std::string_view content) {
  std::string whole(kMaxPacked, '\0');
  auto context = unpackers.take();
  if (!context) return {};
  ZSTD_DCtx_reset(context.get(), ZSTD_reset_session_only);
  ZSTD_inBuffer in{content.data(), content.size(), 0};
  ZSTD_outBuffer out{whole.data(), whole.size(), 0};
  for (std::size_t left = 1; left != 0 && in.pos < in.size && out.pos < out.size;) {
    left = ZSTD_decompressStream(context.get(), &out, &in);
    if (ZSTD_isError(left)) break;
  }
  ZSTD_DCtx_reset(context.get(), ZSTD_reset_session_only);
  unpackers.give(std::move(context));
  whole.resize(out.pos);
  return whole;
}

ph::Result<std::string> readContent(env::Env& env, const std::string& path) {
  auto content = readWhole(env, path);
  if (!content) return content;
  auto whole = unpack(std::move(*content));
  if (!whole) return ph::Error{whole.error().kind, path + ": " + whole.error().text};
  return whole;
}

ph::Result<bool> holds(env::Env& env, const std::string& path, std::uint64_t size) {
  const auto info = env.info(path);
  if (!info) return info.error();
  if (info->size == size) return true;
  if (size > kMaxPacked || info->size > size) return false;
  const auto content = readContent(env, path);
  if (!content && content.error().kind != ph::Kind::Permanent) return content.error();
  return content && content->size() == size;
}

}  // namespace posthouse::store
