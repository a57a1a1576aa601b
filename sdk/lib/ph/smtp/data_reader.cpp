// The DATA decoder: a five-state machine around memchr, so that clean text passes in spans as long as the input.
#include "ph/smtp/data_reader.hpp"

#include <algorithm>
#include <cstring>

namespace ph::smtp {

namespace {

constexpr std::string_view kCrlf = "\r\n";

const char* find(const char* from, const char* end, char c) {
  const void* hit = from == end ? nullptr : std::memchr(from, c, static_cast<std::size_t>(end - from));
  return hit ? static_cast<const char*>(hit) : end;
}

std::string_view span(const char* from, const char* to) {
  return {from, static_cast<std::size_t>(to - from)};
}

}  // namespace

std::string_view DataReader::refusalText() const {
  switch (refusal_) {
    case Refusal::None:
      return "";
    case Refusal::BareCr:
      return "message contains a bare carriage return";
    case Refusal::DotAfterBareLf:
      return "message contains a lone dot after a bare line feed";
    case Refusal::DotBeforeBareLf:
      return "message contains a lone dot before a bare line feed";
  }
  return "";
}

void DataReader::emit(std::string_view bytes) {
  if (refusal_ != Refusal::None || bytes.empty()) return;
  size_ += bytes.size();
  sink_(bytes);
}

void DataReader::refuse(Refusal why) {
  if (refusal_ == Refusal::None) refusal_ = why;
}

void DataReader::endLine(bool bareLf) {
  ++lines_;
  longest_ = std::max(longest_, lineLength_);
  lineLength_ = 0;
  afterBareLf_ = bareLf;
  if (bareLf) ++bareLfs_;
  state_ = State::LineStart;
}

std::size_t DataReader::feed(std::string_view bytes) {
  const char* const end = bytes.data() + bytes.size();
  const char* p = bytes.data();
  const char* run = p;       // [run, p) is clean output not yet given away
  const char* lf = nullptr;  // first LF at or after p, once known: never search the same octets twice
  while (p < end && state_ != State::End) {
    switch (state_) {
      case State::LineStart:
        if (*p != '.') {
          state_ = State::Text;
          break;
        }
        emit(span(run, p));
        run = ++p;
        state_ = State::Dot;
        break;
      case State::Dot:
        if (*p == '\r') {
          run = ++p;
          state_ = State::DotCr;
        } else if (*p == '\n') {
          refuse(Refusal::DotBeforeBareLf);
          run = ++p;
          endLine(true);
        } else {
          if (afterBareLf_) {
            emit(".");
            ++lineLength_;
          }
          state_ = State::Text;
        }
        break;
      case State::DotCr:
        if (*p != '\n') {
          refuse(Refusal::BareCr);
          state_ = State::Text;
          break;
        }
        run = ++p;
        if (afterBareLf_) {
          refuse(Refusal::DotAfterBareLf);
          endLine(false);
        } else {
          state_ = State::End;
        }
        break;
      case State::TextCr:
        if (*p != '\n') {
          refuse(Refusal::BareCr);
          state_ = State::Text;
          break;
        }
        emit(kCrlf);
        run = ++p;
        endLine(false);
        break;
      case State::Text: {
        if (lf == nullptr || lf < p) lf = find(p, end, '\n');
        const char* cr = find(p, lf, '\r');
        lineLength_ += static_cast<std::uint64_t>(cr - p);
        if (cr == lf) {  // no CR in this line: a bare LF, or the input ends
          p = lf;
          if (lf == end) break;
          emit(span(run, p));
          emit(kCrlf);
          run = ++p;
          endLine(true);
        } else if (cr + 1 == lf && lf != end) {
          p = lf + 1;  // the CRLF stays in the run
          endLine(false);
        } else {
          emit(span(run, cr));
          run = p = cr + 1;
          if (p == end) {
            state_ = State::TextCr;
          } else {
            refuse(Refusal::BareCr);
          }
        }
        break;
      }
      case State::End:
        break;
    }
  }
  if (state_ != State::End || run < p) emit(span(run, p));
  return static_cast<std::size_t>(p - bytes.data());
}

}  // namespace ph::smtp
