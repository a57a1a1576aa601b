#include "net/unix_socket.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/descriptor.hpp"

namespace posthouse::net {
namespace {

namespace fs = std::filesystem;

ph::Error failed(const std::string& path, int error) {
  const auto kind = error == ENOENT || error == ECONNREFUSED || error == ENOTDIR ? ph::Kind::NotFound
                    : error == EACCES || error == EPERM                          ? ph::Kind::Denied
                    : error == EADDRINUSE                                        ? ph::Kind::Conflict
                                                                                 : ph::Kind::Temporary;
  return {kind, path + ": " + std::strerror(error)};
}

// The address by way of the open folder: that is always short enough.
struct Place {
  Descriptor folder;
  sockaddr_un address{};
};

ph::Result<Place> placeOf(const std::string& path) {
  const fs::path p(path);
  const std::string folder = p.has_parent_path() ? p.parent_path().string() : ".";
  Place out{Descriptor(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)), {}};
  if (out.folder.get() < 0) return failed(path, errno);
  const std::string shown = "/proc/self/fd/" + std::to_string(out.folder.get()) + "/" + p.filename().string();
  if (shown.size() >= sizeof out.address.sun_path) return failed(path, ENAMETOOLONG);
  out.address.sun_family = AF_UNIX;
  std::memcpy(out.address.sun_path, shown.c_str(), shown.size() + 1);
  return out;
}

ph::Result<int> connectTo(const std::string& path, const Place& place) {
  Descriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (fd.get() < 0) return failed(path, errno);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&place.address), sizeof place.address) != 0)
    return failed(path, errno);
  return fd.release();
}

}  // namespace

ph::Result<int> connectUnix(const std::string& path) {
  const auto place = placeOf(path);
  return place ? connectTo(path, *place) : ph::Result<int>(place.error());
}

ph::Result<ListenSocket> listenUnix(const std::string& path) {
  const auto place = placeOf(path);
  if (!place) return place.error();
  struct stat info {};
  if (::lstat(path.c_str(), &info) == 0) {
    if (!S_ISSOCK(info.st_mode)) return ph::Error{ph::Kind::Conflict, path + ": is there already, and no socket"};
    const auto other = connectTo(path, *place);
    if (other) ::close(*other);
    if (other || other.error().kind != ph::Kind::NotFound)
      return ph::Error{ph::Kind::Conflict, path + ": somebody listens there"};
    ::unlink(path.c_str());
  }
  Descriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (fd.get() < 0) return failed(path, errno);
  // The mode counts from the first moment: before anybody can have connected.
  if (::fchmod(fd.get(), 0600) != 0 ||
      ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&place->address), sizeof place->address) != 0 ||
      ::chmod(path.c_str(), 0600) != 0 || ::listen(fd.get(), SOMAXCONN) != 0)
    return failed(path, errno);
  return ListenSocket::adopt(fd.release());
}

int64_t peerUser(int fd) {
  ucred peer{};
  socklen_t n = sizeof peer;
  return ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) == 0 ? static_cast<int64_t>(peer.uid) : -1;
}

}  // namespace posthouse::net
