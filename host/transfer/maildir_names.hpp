// Names in a maildir: folders in both layouts, flags of files. Threads: pure functions.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "transfer/parcel.hpp"

namespace posthouse::transfer {

// Letters of keywords, 'a' first, as in a file dovecot-keywords.
using KeywordLetters = std::vector<std::string>;
KeywordLetters parseKeywords(std::string_view file);
std::string keywordsFile(const KeywordLetters& letters);

// "1700000000.M1P2.host,S=3:2,FSa": flags, and the name without them.
struct MaildirName {
  std::string base;
  std::uint32_t flags = 0;
  std::vector<std::string> keywords;
};
MaildirName parseMaildirName(const std::string& name, const KeywordLetters& letters);
// What follows the base; keywords get letters. Those for which none is left are added to `lost`.
std::string maildirInfo(const Parcel& parcel, KeywordLetters& letters, std::set<std::string>& lost);

// The folder that holds all these folders ("" or ending in "/"): it is INBOX, or holds only others.
std::string maildirRoot(const std::set<std::string>& folders);
// "" is INBOX; ".Work.Papers" and "Work/Papers" are "Work/Papers", with names in modified UTF-7 or UTF-8.
std::string mailboxOfMaildir(std::string_view folder);
// "" for INBOX, ".Work.Papers" in modified UTF-7.
std::string maildirFolder(const std::string& mailbox);

}  // namespace posthouse::transfer
