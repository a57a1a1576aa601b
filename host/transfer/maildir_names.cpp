#include "transfer/maildir_names.hpp"

#include <algorithm>
#include <charconv>

#include "ph/imap/utf7.hpp"
#include "ph/text/ascii.hpp"
#include "ph/text/utf8.hpp"

namespace posthouse::transfer {
namespace {

constexpr std::size_t kLetters = 26;
constexpr std::string_view kForwarded = "$Forwarded";
// A dot in the name of a mailbox, where dots separate levels.
constexpr std::string_view kDot = "&AC4-";

struct Letter {
  char letter;
  std::uint32_t flag;
};
// In the order of the alphabet, as maildir wants it.
constexpr Letter kFlagLetters[] = {
    {'D', store::kDraft}, {'F', store::kFlagged}, {'R', store::kAnswered}, {'S', store::kSeen}, {'T', store::kDeleted}};

std::string decoded(std::string_view part) {
  std::string text(part), out;
  for (std::size_t at = 0;;) {
    const auto dot = text.find(kDot, at);
    const auto piece = text.substr(at, dot == std::string::npos ? dot : dot - at);
    const auto name = ph::imap::decodeUtf7(piece);
    if (!name) return ph::text::isUtf8(text) ? text : "unnamed";
    out += *name;
    if (dot == std::string::npos) return out;
    out += '.';
    at = dot + kDot.size();
  }
}

std::string encoded(std::string_view part) {
  const auto name = ph::imap::encodeUtf7(part);
  std::string out;
  for (const char c : name ? *name : std::string(part)) {
    if (c == '.') {
      out += kDot;
    } else {
      out += c;
    }
  }
  return out;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(separator);
    if (end != 0 && !text.empty()) parts.push_back(text.substr(0, end));
    if (end == text.npos) return parts;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

KeywordLetters parseKeywords(std::string_view file) {
  KeywordLetters letters;
  for (auto line : split(file, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    std::size_t index = kLetters;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), index);
    const auto name = line.substr(std::min(line.find(' '), line.size()));
    if (error != std::errc() || index >= kLetters || name.size() < 2) continue;
    letters.resize(std::max(letters.size(), index + 1));
    letters[index] = name.substr(1);
  }
  return letters;
}

std::string keywordsFile(const KeywordLetters& letters) {
  std::string out;
  for (std::size_t i = 0; i < letters.size(); ++i) out += std::to_string(i) + " " + letters[i] + "\n";
  return out;
}

MaildirName parseMaildirName(const std::string& name, const KeywordLetters& letters) {
  MaildirName parsed;
  // Where a colon may not stand in names, others took ';' or '!'.
  auto info = name.rfind(":2,");
  for (const char* other : {";2,", "!2,"})
    if (info == std::string::npos) info = name.rfind(other);
  parsed.base = name.substr(0, info);
  if (info == std::string::npos) return parsed;
  for (const char c : std::string_view(name).substr(info + 3)) {
    for (const auto& f : kFlagLetters) parsed.flags |= c == f.letter ? f.flag : 0;
    if (c == 'P') parsed.keywords.emplace_back(kForwarded);
    const auto index = static_cast<std::size_t>(c - 'a');
    if (c >= 'a' && c <= 'z' && index < letters.size() && !letters[index].empty())
      parsed.keywords.push_back(letters[index]);
  }
  return parsed;
}

std::string maildirInfo(const Parcel& parcel, KeywordLetters& letters, std::set<std::string>& lost) {
  std::string upper, lower;
  for (const auto& f : kFlagLetters) upper += (parcel.flags & f.flag) != 0 ? std::string(1, f.letter) : "";
  for (const auto& keyword : parcel.keywords) {
    if (ph::text::equalsNoCase(keyword, kForwarded)) {
      upper += 'P';
      continue;
    }
    const auto index = static_cast<std::size_t>(std::find(letters.begin(), letters.end(), keyword) - letters.begin());
    if (index >= kLetters) {
      lost.insert(keyword);
      continue;
    }
    if (index == letters.size()) letters.push_back(keyword);
    lower += static_cast<char>('a' + index);
  }
  std::sort(upper.begin(), upper.end());
  std::sort(lower.begin(), lower.end());
  return ":2," + upper + lower;
}

std::string maildirRoot(const std::set<std::string>& folders) {
  if (folders.empty()) return {};
  // Common to the first and the last in order is common to all.
  const auto &first = *folders.begin(), &last = *folders.rbegin();
  const auto differs = std::mismatch(first.begin(), first.end(), last.begin(), last.end()).first;
  auto common = first.substr(0, static_cast<std::size_t>(differs - first.begin()));
  common.resize(common.rfind('/') == std::string::npos ? 0 : common.rfind('/') + 1);
  // A folder of Maildir++ that is alone is not INBOX.
  while (!common.empty()) {
    const auto name = common.rfind('/', common.size() - 2);
    const auto begin = name == std::string::npos ? 0 : name + 1;
    if (common[begin] != '.') break;
    common.resize(begin);
  }
  return common;
}

std::string mailboxOfMaildir(std::string_view folder) {
  std::string out;
  for (auto level : split(folder, '/')) {
    for (const auto part : level.starts_with('.') ? split(level.substr(1), '.') : std::vector{level}) {
      auto name = decoded(part);
      std::replace(name.begin(), name.end(), '/', '_');
      out += (out.empty() ? "" : "/") + name;
    }
  }
  return out.empty() ? "INBOX" : out;
}

std::string maildirFolder(const std::string& mailbox) {
  if (mailbox == "INBOX") return {};
  std::string out;
  for (const auto part : split(mailbox, '/')) out += "." + encoded(part);
  return out;
}

}  // namespace posthouse::transfer
