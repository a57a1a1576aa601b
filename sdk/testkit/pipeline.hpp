// A ph.pipeline/1 for both sides. For protocol plugins: a test says what each stage answers, and sees what was stored.
// For plugins with hooks: a test asks a hook about a mail, and sees all it says.
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
  uint32_t notify = 0;  // PH_NOTIFY_*
  std::string orcpt{};
};

// What a test sees of a transaction.
struct Mail {
  std::string id, reversePath, helo, protocol, account, publicId, remoteIp, listener, contents;
  bool submission = false;
  ph_mail_params params{};  // without envid
  std::string envid;
  std::vector<Recipient> recipients;
  std::vector<std::pair<std::string, std::string>> trace;
};

struct Stored {
  std::string account;
  Mail mail;
};

// A hook that the plugin added.
struct Hook {
  std::string name;
  int32_t stage = 0, role = 0, policy = 0;
  uint32_t deadlineMs = 0;
  std::vector<std::string> provides, wants;
  void* self = nullptr;
  ph_status (*run)(void*, const ph_txn*, const ph_call*, ph_result*) = nullptr;
};

// What a hook said. A status other than PH_OK: its failure policy applies.
struct Opinion {
  ph_status status = PH_E_NOT_FOUND;  // no such hook
  int32_t verdict = PH_VERDICT_CONTINUE;
  int32_t code = 0;
  std::string enhanced, text, mailbox;
  std::map<std::string, std::string> facts;
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<std::string> authResults;
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

  std::vector<Hook> hooks;
  bool hookCancelled = false;  // what hooks are told by cancelled()
  // Runs one hook as the host would; for PH_STAGE_RCPT and PH_STAGE_DELIVER the last recipient is in question.
  Opinion ask(const std::string& hook, const ph_host* host, const Mail& mail, ph_message* message = nullptr);

  std::vector<int32_t> stages;  // in the order they were run
  std::vector<Stored> stored;
  int live = 0;  // transactions not destroyed

  static ph_verdict verdict(int32_t kind, int32_t code = 0, const std::string& enhanced = {},
                            const std::string& text = {}, const std::string& plugin = {});

 private:
  ph_pipeline table_;
};

}  // namespace ph::testkit
