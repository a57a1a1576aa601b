// Who has logged in, and who judges that. Threads: a visitor never changes.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace posthouse::http {

struct Request;
enum class Audience : int { Public = 0, Account = 1, Admin = 2 };

struct Visitor {
  std::string account;
  int role = 0;                      // as admin::Role
  std::vector<std::string> domains;  // of a domain's admin
  std::string session;               // its name, not its secret
  std::string csrf;                  // what unsafe requests must bring along
};

// Why a request gets no further. Status 0: it does.
struct Verdict {
  int status = 0;
  std::string why;
  std::string location;  // where a person may log in
  std::shared_ptr<const Visitor> visitor;
};

// Asked by the session's thread: it must answer at once.
using Gate = std::function<Verdict(const Request& request, Audience audience)>;

}  // namespace posthouse::http
