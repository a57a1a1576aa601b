// The command line: each command is a file in app/commands that defines one of these.
#pragma once

#include <string>
#include <vector>

namespace posthouse::app {

// Exit codes, the same for every command.
inline constexpr int kOk = 0;
inline constexpr int kFailed = 1;  // it was tried and did not work
inline constexpr int kUsage = 2;   // the command line is wrong
inline constexpr int kNotNow = 3;  // it may work later

struct Command {
  const char* name;     // words separated by blanks: "account add"
  const char* usage;    // what follows the name
  const char* summary;  // null: not for people, help is silent about it
  int (*run)(const std::vector<std::string>& args);
};

extern const Command kServe;
extern const Command kLocalserve;
extern const Command kConfigCheck;
extern const Command kAccountAdd;
extern const Command kAccountPassword;
extern const Command kAccountLogins;
extern const Command kAccountTlskeyAdd;
extern const Command kAccountTlskeyList;
extern const Command kAccountTlskeyRemove;
extern const Command kDomainAdd;
extern const Command kPluginProbe;
extern const Command kWorker;
extern const Command kStoreVerify;
extern const Command kStoreRethread;
extern const Command kStoreRebuild;
extern const Command kStoreUndelete;
extern const Command kStoreBumpUidvalidity;
extern const Command kImportMbox;
extern const Command kImportMaildir;
extern const Command kImportImap;
extern const Command kExport;
extern const Command kMessageParse;
extern const Command kCid;
extern const Command kDnsLookup;
extern const Command kSendmail;
extern const Command kCompletion;
extern const Command kComplete;
extern const Command kDocs;
extern const Command kVersion_;

// The words of all commands that are not a plugin's.
std::vector<std::string> commandWords();

// Picks the command, prints help and errors. The whole of main().
int runCommandLine(int argc, char** argv);

}  // namespace posthouse::app
