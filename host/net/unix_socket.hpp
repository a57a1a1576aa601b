// Sockets with a place in the file system. Paths may be longer than sockaddr_un holds. Threads: any; a folder is held
// open meanwhile, nothing else. unix(7).
#pragma once

#include <string>

#include "net/listen_socket.hpp"
#include "ph/result.hpp"

namespace posthouse::net {

// Listens at `path`, mode 0600; takes the place of a socket that nobody listens on any more. Conflict: somebody does,
// or it is no socket.
ph::Result<ListenSocket> listenUnix(const std::string& path);
// A connected, blocking descriptor. NotFound: nobody listens there; Denied: not for this user.
ph::Result<int> connectUnix(const std::string& path);
// The user at the other end of a connected socket; -1: unknown.
int64_t peerUser(int fd);

}  // namespace posthouse::net
