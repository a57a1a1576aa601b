// DATA decoding: whole, octet by octet and in odd pieces must agree; what passes has CRLF line ends only.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "ph/smtp/data_reader.hpp"

namespace {

struct Outcome {
  std::string out;
  std::size_t consumed = 0;
  bool done = false;
  ph::smtp::DataReader::Refusal refusal{};
  std::uint64_t lines = 0, bareLfs = 0, longest = 0;
  bool operator==(const Outcome&) const = default;
};

Outcome read(std::string_view in, std::size_t step) {
  Outcome o;
  ph::smtp::DataReader reader([&](std::string_view s) { o.out += s; });
  while (o.consumed < in.size() && !reader.done()) o.consumed += reader.feed(in.substr(o.consumed, step));
  o.done = reader.done();
  o.refusal = reader.refusal();
  o.lines = reader.lines();
  o.bareLfs = reader.bareLfs();
  o.longest = reader.longestLine();
  if (reader.size() != o.out.size()) std::abort();
  return o;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view in(reinterpret_cast<const char*>(data), size);
  const Outcome whole = read(in, size + 1);
  if (!(whole == read(in, 1)) || !(whole == read(in, 3)) || !(whole == read(in, 7))) std::abort();
  const std::string_view end = "\r\n.\r\n";
  const std::size_t real = in.substr(0, 3) == ".\r\n" ? 3 : in.find(end) == in.npos ? 0 : in.find(end) + end.size();
  if (whole.done != (real != 0) || (whole.done && whole.consumed != real)) std::abort();
  if (whole.refusal == ph::smtp::DataReader::Refusal::None) {
    for (std::size_t i = 0; i < whole.out.size(); ++i) {
      if (whole.out[i] == '\n' && (i == 0 || whole.out[i - 1] != '\r')) std::abort();
      if (whole.out[i] == '\r' && (i + 1 == whole.out.size() || whole.out[i + 1] != '\n')) std::abort();
    }
  }
  return 0;
}
