// What a returning client missed in a mailbox: messages that are gone, messages that changed.
// Guarantees: names only UIDs that the client asked about and that are not in its view; expunges that are forgotten
// are made up for by naming every UID that is not there. Threads: sessions'. RFC 7162 3.1.4.1, 3.2.5, 3.2.6.
#pragma once

#include <optional>

#include "ph/imap/select_parameters.hpp"
#include "selected.hpp"

namespace ph_imap {

// The UIDs of `known` whose messages were expunged after `since`.
ph::Result<ph::imap::NumberSet> vanishedSince(const Selected& mailbox, uint64_t since, const ph::imap::NumberSet& known,
                                              const std::optional<ph::imap::Qresync::Match>& match = std::nullopt);

// `ranges` without the messages that did not change after `since`. Perhaps with some that did not.
ph::Result<ph::Account::Ranges> changedSince(const Selected& mailbox, uint64_t since, ph::Account::Ranges ranges);

}  // namespace ph_imap
