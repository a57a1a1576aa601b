#include "ph/smtp/chunk_reader.hpp"

#include <algorithm>

namespace ph::smtp {

void ChunkReader::emit(std::string_view span) {
  if (span.empty() || refused()) return;
  size_ += span.size();
  sink_(span);
}

void ChunkReader::endLine() {
  longest_ = std::max(longest_, lineLength_);
  lineLength_ = 0;
}

void ChunkReader::feed(std::string_view bytes) {
  nul_ = nul_ || bytes.find('\0') != std::string_view::npos;
  std::size_t run = 0;  // [run, i) is clean and not yet given away
  std::size_t i = 0;
  // In text a CR at the end of the last piece is held back until its LF comes.
  if (cr_ && !bytes.empty()) {
    cr_ = false;
    if (bytes.front() == '\n') {
      if (!binary_) emit("\r\n");
      endLine();
      i = 1;
      run = binary_ ? 0 : 1;
    } else {
      ++bareCrs_;
      ++lineLength_;
    }
  }
  while (i < bytes.size()) {
    const std::size_t end = std::min(bytes.find_first_of("\r\n", i), bytes.size());
    lineLength_ += end - i;
    i = end;
    if (i == bytes.size()) break;
    if (bytes[i] == '\n') {
      ++bareLfs_;
      if (!binary_) {
        emit(bytes.substr(run, i - run));
        emit("\r\n");
        run = i + 1;
      }
      endLine();
      ++i;
    } else if (i + 1 == bytes.size()) {
      cr_ = true;
      if (!binary_) {
        emit(bytes.substr(run, i - run));
        run = bytes.size();
      }
      ++i;
    } else if (bytes[i + 1] == '\n') {
      endLine();
      i += 2;
    } else {
      ++bareCrs_;
      ++lineLength_;
      ++i;
    }
  }
  emit(bytes.substr(std::min(run, bytes.size())));
}

void ChunkReader::finish() {
  if (cr_) ++bareCrs_;
  cr_ = false;
  endLine();
}

}  // namespace ph::smtp
