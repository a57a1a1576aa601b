#include "store/search/message_text.hpp"

#include "ph/imap/envelope_fields.hpp"
#include "ph/mime/parse.hpp"
#include "ph/mime/parts_blob.hpp"
#include "ph/mime/search_text.hpp"
#include "store/account.hpp"

namespace posthouse::store::search {

ph::Status eachText(Account& account, MessageId id, std::string_view parts, std::string_view envelope,
                    const std::function<bool(const std::string& folded)>& piece) {
  const auto file = account.open(id);
  if (!file) return file.error();
  if (file->size() > kMaxFile) return ph::Error{ph::Kind::Limit, "the message is too large"};
  std::string bytes(static_cast<std::size_t>(file->size()), '\0');
  if (const auto got = file->read(0, bytes.data(), bytes.size()); !got) return got.error();
  auto known = ph::mime::decodeParts(parts);
  const auto tree = known ? std::move(*known) : ph::mime::parse(bytes);
  bool goesOn = true;
  const auto take = [&](const std::string& text) { return goesOn = piece(text); };
  ph::mime::eachPiece(bytes, tree, take);
  // What it says about addresses may be written otherwise in the header.
  if (goesOn) ph::imap::eachEnvelopeText(envelope, take);
  return {};
}

}  // namespace posthouse::store::search
