// A ph.pipeline/1 without hooks: a test says what each stage answers, and sees what was stored.
// Find it from a table function with Pipeline::of: the fake host answers get(kId) with it.
// Threads: one; stages that are told to be slow finish through ph.jobs/1 of the same host.
#pragma once

#include <ph/draft/host/pipeline.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace ph::testkit {

struct Recipient {
  int32_t kind = 0;
  std::string forwardPath, account;
  ph_verdict outcome{};
};

// What a test sees of a transaction.
struct Mail {
  std::string id, reversePath, helo, protocol, account, publicId, contents;
  bool submission = false;
  ph_mail_params params{};
  std::vector<Recipient> recipients;
  std::vector<std::pair<std::string, std::string>> trace;
};

struct Stored {
  std::string account;
  Mail mail;
};

class Pipeline {
 public:
  static constexpr const char* kId = "testkit.pipeline";

  Pipeline();
  const ph_pipeline* table() const { return &table_; }
  static Pipeline& of(const ph_host* host);
  static Mail mailOf(const ph_txn* txn);

  // Answers, by stage; by forward-path in PH_STAGE_RCPT; by account in deliver. Nothing here: CONTINUE.
  std::map<int32_t, ph_verdict> stageVerdicts;
  std::map<std::string, ph_verdict> recipientVerdicts;
  std::map<std::string, ph_verdict> deliverVerdicts;
  std::map<std::string, std::string> facts;  // as if a hook had found them
  bool slow = false;                         // stages with an answer, and all others, finish through a job
  bool exhausted = false;                    // create fails

  std::vector<int32_t> stages;  // in the order they were run
  std::vector<Stored> stored;
  int live = 0;  // transactions not destroyed

  static ph_verdict verdict(int32_t kind, int32_t code = 0, const std::string& enhanced = {},
                            const std::string& text = {}, const std::string& plugin = {});

 private:
  ph_pipeline table_;
};

}  // namespace ph::testkit
