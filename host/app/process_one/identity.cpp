#include "app/process_one/identity.hpp"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/descriptor.hpp"

namespace posthouse::app {
namespace {

ph::Error failed(const std::string& what) {
  return {ph::Kind::Denied, what + ": " + std::strerror(errno)};
}

// Nothing is left that an executed file could give back. Before the user changes: that takes CAP_SETPCAP.
void emptyBoundingSet() {
  for (int c = 0; ::prctl(PR_CAPBSET_READ, c, 0, 0, 0) >= 0; ++c) ::prctl(PR_CAPBSET_DROP, c, 0, 0, 0);
}

ph::Status emptyCapabilities() {
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[2] = {};
  if (::syscall(SYS_capset, &header, none) != 0) return failed("capset");
  return {};
}

}  // namespace

ph::Result<Identity> workerIdentity(const std::string& user, const std::string& group, bool mayBeRoot) {
  Identity out;
  out.uid = ::geteuid();
  out.gid = ::getegid();
  if (user.empty()) {
    if (!group.empty()) return ph::Error{ph::Kind::Invalid, "'group' needs 'user'"};
    if (out.uid == 0 && !mayBeRoot) {
      return ph::Error{ph::Kind::Denied,
                       "mail is not served as root: name an account in 'user', or start as another user"};
    }
    return out;
  }
  const passwd* p = ::getpwnam(user.c_str());
  if (!p) return ph::Error{ph::Kind::Invalid, "'user': there is no account '" + user + "' on this system"};
  Identity wanted{true, user, p->pw_uid, p->pw_gid, {}};
  if (!group.empty()) {
    const struct group* g = ::getgrnam(group.c_str());
    if (!g) return ph::Error{ph::Kind::Invalid, "'group': there is no group '" + group + "' on this system"};
    wanted.gid = g->gr_gid;
  }
  if (wanted.uid == 0) return ph::Error{ph::Kind::Denied, "'user': mail is not served as root"};
  if (out.uid == wanted.uid) {
    out.name = user;
    return out;
  }
  if (out.uid != 0) return ph::Error{ph::Kind::Denied, "only root can start a server that runs as '" + user + "'"};
  int count = 32;
  wanted.groups.resize(static_cast<size_t>(count));
  while (::getgrouplist(user.c_str(), wanted.gid, wanted.groups.data(), &count) < 0) {
    wanted.groups.resize(static_cast<size_t>(count));
  }
  wanted.groups.resize(static_cast<size_t>(count));
  return wanted;
}

ph::Status become(const Identity& i) {
  if (i.change) {
    emptyBoundingSet();
    if (::setgroups(i.groups.size(), i.groups.data()) != 0) return failed("setgroups");
    if (::setresgid(i.gid, i.gid, i.gid) != 0) return failed("setresgid");
    if (::setresuid(i.uid, i.uid, i.uid) != 0) return failed("setresuid");
    if (::setresuid(-1, 0, -1) == 0) return ph::Error{ph::Kind::Bug, "root's rights came back"};
  }
  // A root that stays root keeps what makes it so.
  if (::geteuid() != 0) {
    if (auto s = emptyCapabilities(); !s) return s;
  }
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return failed("no_new_privs");
  return {};
}

ph::Status makeDataFolder(const std::string& path, const Identity& i) {
  if (!i.change || ::mkdir(path.c_str(), 0700) != 0) return {};
  const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder || ::fchown(folder.get(), i.uid, i.gid) != 0) return failed(path);
  return {};
}

Acting::Acting(const Identity& i) : change_(i.change) {
  if (!change_) return;
  groups_.resize(static_cast<size_t>(std::max(0, ::getgroups(0, nullptr))));
  ok_ = ::getgroups(static_cast<int>(groups_.size()), groups_.data()) >= 0 &&
        ::setgroups(i.groups.size(), i.groups.data()) == 0 && ::setegid(i.gid) == 0 && ::seteuid(i.uid) == 0;
}

Acting::~Acting() {
  if (!change_) return;
  // Going on with half of somebody else's rights would be worse than not at all.
  if (::seteuid(0) != 0 || ::setegid(::getgid()) != 0 || ::setgroups(groups_.size(), groups_.data()) != 0) std::abort();
}

}  // namespace posthouse::app
