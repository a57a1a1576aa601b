// Dialogues as text. A file holds cases; a case begins with "== name [option ...]". What every protocol has:
//
//   C: line      the client sends it with CRLF; lines in a row are sent as one piece
//   C| text      sent as it is, with \r \n \t \\ \xHH; N*c in angle brackets repeats: <1000*x>
//   S: line      the server's next line; a final * stands for any rest
//   S| text      these bytes come next, escapes as in C|
//   X:           the server has closed
//   TLS:         the handshake that a STARTTLS reply announced
//   T: ms        time passes        DOWN: the server stops        EOF: the client sends no more
//   SET: ...     changes the world: poolfull [0], nomessages, disk N, logintemporary, logintext text, maxlogins N,
//                notls, size key N, number key N, switch key on|off. Those before the first other line come before
//                start.
//   LOG: text    some line of the log contains it;   NOLOG: text
//
// A plugin's own directives and options are told by the class that derives from Dialogue. Threads: one.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "testkit/fake_host.hpp"

namespace ph::testkit {

struct Case {
  std::string name;
  std::string file;
  std::vector<std::string> options;
  std::vector<std::string> lines;

  bool has(const std::string& option) const;
};

// All cases of all files in `folder`, in the order of their names.
std::vector<Case> readCases(const std::string& folder);

std::string unescape(const std::string& s);
bool matches(const std::string& expected, const std::string& actual);
// "word rest" -> word, rest
std::pair<std::string, std::string> split(const std::string& s);

// Runs one case. Derive to say what the world is like and who connects.
class Dialogue {
 public:
  // octets: what the client says comes one octet at a time.
  Dialogue(const Case& c, bool octets) : case_(c), octets_(octets) {}
  virtual ~Dialogue() = default;
  Dialogue(const Dialogue&) = delete;
  Dialogue& operator=(const Dialogue&) = delete;

  // Empty: as expected. Otherwise what went wrong, with the line. `plugin`: its file.
  std::string run(const std::string& plugin);

 protected:
  virtual void prepare() = 0;  // before the plugin starts
  virtual std::unique_ptr<Client> connect() = 0;
  // A directive of the plugin's own: what went wrong, or empty; nothing: there is no such directive.
  virtual std::optional<std::string> own(const std::string& kind, const std::string& text);
  // A SET of the plugin's own; false: there is no such thing.
  virtual bool ownSetting(const std::string& what, const std::string& rest);
  // After the last line; clients are to be gone when it returns. What is wrong, or empty.
  virtual std::string end();
  virtual std::string mode() const { return octets_ ? " (octets)" : ""; }

  static std::string expectLine(Client& c, const std::string& expected);
  Client& client() { return *client_; }
  // What was left unread, after which the client is gone.
  static std::string leftOver(std::unique_ptr<Client>& c);

  const Case& case_;
  FakeHost host_;

 private:
  std::string where(size_t i) const;
  void flush();
  std::string step(const std::string& line);
  std::string set(const std::string& text);
  std::string expectLog(const std::string& text, bool wanted) const;

  const bool octets_;
  std::unique_ptr<Client> client_;
  std::string waiting_;
};

}  // namespace ph::testkit
