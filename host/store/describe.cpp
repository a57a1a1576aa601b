// Cold columns of a message, see describe.hpp: translation to the mail libraries.
#include "store/describe.hpp"

#include "ph/header/block.hpp"
#include "ph/header/message_id.hpp"
#include "ph/imap/bodystructure.hpp"
#include "ph/imap/envelope.hpp"
#include "ph/mime/parse.hpp"
#include "ph/mime/parts_blob.hpp"

namespace posthouse::store {

Description describe(std::string_view message) {
  const auto tree = ph::mime::parse(message);
  Description result;
  result.headerSize = tree.root().bodyStart;
  const auto block = ph::header::Block(message);
  ph::imap::appendEnvelope(result.envelope, block);
  result.messageId = ph::header::messageId(block.value("Message-ID"));
  result.structure = ph::imap::bodyStructure(message, tree, true);
  result.parts = ph::mime::encodeParts(tree);
  return result;
}

}  // namespace posthouse::store
