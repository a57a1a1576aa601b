// The command line's end of the control socket. Threads: one.
#pragma once

#include <string>

#include "admin/operation.hpp"
#include "json/value.hpp"
#include "ph/result.hpp"

namespace posthouse::app::cli {

// `dir` not empty: its ctl.sock, nothing else. Otherwise the first that is there: ./ctl.sock, that of localserve's
// folder (unless a posthouse.toml is here), /run/posthouse/ctl.sock. NotFound: none.
ph::Result<std::string> findSocket(const std::string& dir);

// Asks the server and waits for its answer; errors are the server's own. Unavailable: nobody answers there.
// `tell`: how far it is, of operations that say so.
ph::Result<json::Value> ask(const std::string& socket, const admin::Operation& operation, const json::Value& args,
                            const TellProgress& tell = nullptr);

}  // namespace posthouse::app::cli
