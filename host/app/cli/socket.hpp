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
// Of an operation whose body is bytes, or whose answer is: the answer's body as it came.
ph::Result<std::string> askBytes(const std::string& socket, const admin::Operation& operation, const json::Value& args,
                                 std::string_view body = {});

}  // namespace posthouse::app::cli
