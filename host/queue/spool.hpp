// The spool: one file per message, data/queue/ID, a JSON line (envelope) and then the message with its trace fields.
// Guarantees: what write() accepted is durable, name and content; concurrent writes share the folder's sync.
// A removed file is emptied and kept as N.spare for the next message: file systems without a journal (ext4) make files
// slowly for a minute after others were removed, and a queue removes as many as it makes.
// Threads: all from any thread; each blocks for the disk.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "env/env.hpp"
#include "mail/message.hpp"
#include "ph/result.hpp"
#include "queue/envelope.hpp"

namespace posthouse::queue {

class Spool {
 public:
  Spool(env::Env& env, std::string folder);

  // Makes the folder, removes what was never acknowledged. The names of all messages, sorted.
  ph::Result<std::vector<std::string>> open();
  // `headers`: complete header lines to put above the message. Replaces a file of that name. After a failure nothing of
  // it is left, unless `keep` says that a file of that name may be needed.
  ph::Status write(const Envelope& envelope, const std::string& headers, const mail::Message& message,
                   bool keep = false);
  // NotFound: no such file; Invalid: it is damaged.
  ph::Result<Envelope> envelope(const std::string& id, uint64_t* offset) const;
  ph::Result<mail::MessageRef> message(const std::string& id, uint64_t offset) const;
  ph::Status remove(const std::string& id);
  // All names, those removed included, are durable after success.
  ph::Status sync();
  std::string path(const std::string& id) const { return folder_ + "/" + id; }

  static constexpr const char* kDatabase = "queue.db";

 private:
  struct Batch {
    std::condition_variable changed;
    bool done = false;
    ph::Status status;
    std::vector<std::string> emptied;  // before it began
  };
  // Who reads which file: one that is read is not written over. Messages may outlive the spool.
  struct Readers {
    std::mutex mutex;
    std::map<std::string, int> open;
  };
  std::optional<std::string> takeSpare();
  bool recycle(const std::string& id);
  env::Env& env_;
  const std::string folder_;
  std::mutex mutex_;
  std::shared_ptr<Batch> forming_;
  bool syncing_ = false;
  std::vector<std::string> emptied_;  // spares whose new names may not be durable
  std::vector<std::string> spares_;
  uint64_t lastSpare_ = 0;
  std::shared_ptr<Readers> readers_ = std::make_shared<Readers>();
};

}  // namespace posthouse::queue
