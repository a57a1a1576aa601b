// Replies as a client receives them, put together from whatever pieces the connection brings.
// Guarantees: a reply is whole or it is an error; lines are at most kMaxReplyLine, replies kMaxReply octets, whatever
// the server sends; all lines of a reply have one code; texts are printable ASCII, with `?` for all else.
// Threads: one reader belongs to one connection. RFC 5321 4.2, 4.2.1, RFC 2034 4, RFC 3463 2.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ph::smtp {

inline constexpr std::size_t kMaxReplyLine = 8192;   // RFC 5321 4.5.3.1.5 has 512; many servers say more
inline constexpr std::size_t kMaxReply = 64 * 1024;  // of one reply, all lines

struct ReceivedReply {
  int code = 0;
  std::string enhanced;            // "5.1.1"; empty: the server gave none that fits the code
  std::vector<std::string> lines;  // without codes; enhanced codes are kept

  bool positive() const { return code / 100 == 2; }
  bool intermediate() const { return code / 100 == 3; }
  bool temporary() const { return code / 100 == 4; }
  bool permanent() const { return code / 100 == 5; }
  // As it came: "550-5.1.1 no such user", lines separated by LF.
  std::string text() const;
};

class ReplyReader {
 public:
  enum class State { More, Done, Bad };

  // Takes what it can use from the start of `input`; `*consumed` octets of it are not needed any more. Done: reply() is
  // complete, and the next call begins another one. After Bad nothing more can be understood.
  State take(std::string_view input, std::size_t* consumed);
  const ReceivedReply& reply() const { return reply_; }
  const std::string& problem() const { return problem_; }  // after Bad, for people

 private:
  State bad(std::string problem);
  State takeLine(std::string_view line);

  ReceivedReply reply_;
  std::string problem_;
  std::size_t size_ = 0;
  bool done_ = true;
};

// Controls and what is not ASCII become `?`, a tab a blank.
std::string printable(std::string_view text);

// "5.1.1" at the start of a reply's text, when it is one of the class of `code`; else empty.
std::string_view enhancedCode(int code, std::string_view text);

}  // namespace ph::smtp
