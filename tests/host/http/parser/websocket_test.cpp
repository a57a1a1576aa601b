#include "http/parser/websocket.hpp"

#include <cppunit/extensions/HelperMacros.h>

using namespace posthouse::http;

namespace {

using What = WebSocketReader::What;

// A client's frame. `first`: FIN, reserved bits and opcode.
std::string frame(uint8_t first, std::string_view data, bool masked = true, int lengthBytes = -1) {
  std::string out(1, static_cast<char>(first));
  if (lengthBytes < 0) lengthBytes = data.size() < 126 ? 0 : data.size() < 65536 ? 2 : 8;
  out += static_cast<char>((masked ? 0x80 : 0) | (lengthBytes == 0 ? data.size() : lengthBytes == 2 ? 126 : 127));
  for (int s = 8 * (lengthBytes - 1); s >= 0; s -= 8) out += static_cast<char>(data.size() >> s);
  constexpr char kMask[] = {'\x37', '\xfa', '\x21', '\x3d'};
  if (masked) out.append(kMask, 4);
  for (size_t i = 0; i < data.size(); ++i) out += masked ? static_cast<char>(data[i] ^ kMask[i % 4]) : data[i];
  return out;
}

// What is read when `input` comes in pieces of `step` bytes; ends with More, Close or Bad.
std::string told(const std::string& input, size_t step) {
  WebSocketReader reader;
  std::string out, buffer;
  for (size_t at = 0; at < input.size(); at += step) {
    buffer += input.substr(at, step);
    for (;;) {
      size_t used = 0;
      const auto i = reader.read(buffer, &used);
      buffer.erase(0, used);
      if (i.what == What::More) break;
      const char* names[] = {"", "message", "ping", "pong", "close", "bad"};
      out += names[static_cast<int>(i.what)];
      if (i.what == What::Close || i.what == What::Bad) return out + std::to_string(i.code);
      out += (i.binary ? "b(" : "(") + i.data + ") ";
    }
  }
  return out;
}

class WebSocketTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(WebSocketTest);
  CPPUNIT_TEST(examplesOfTheRfc);
  CPPUNIT_TEST(whatIsRead);
  CPPUNIT_TEST(largeMessages);
  CPPUNIT_TEST(handshake);
  CPPUNIT_TEST_SUITE_END();

 public:
  void examplesOfTheRfc() {  // RFC 6455 5.7
    CPPUNIT_ASSERT_EQUAL(std::string("message(Hello) "), told("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", 1));
    CPPUNIT_ASSERT_EQUAL(std::string("\x81\x05Hello"), webSocketFrame(kWebSocketText, "Hello"));
    CPPUNIT_ASSERT_EQUAL(std::string("\x82\x7e\x01\x00", 4),
                         webSocketFrame(kWebSocketBinary, std::string(256, 'x')).substr(0, 4));
    CPPUNIT_ASSERT_EQUAL(std::string("\x82\x7f\0\0\0\0\0\x01\0\0", 10),
                         webSocketFrame(kWebSocketBinary, std::string(65536, 'x')).substr(0, 10));
    CPPUNIT_ASSERT_EQUAL(std::string("\x88\x02\x03\xe8"), webSocketClose(1000));
  }

  void whatIsRead() {
    const std::string code1000("\x03\xe8", 2);
    struct {
      const char* name;
      std::string input, wanted;
    } const table[] = {
        {"text", frame(0x81, "ä"), "message(ä) "},
        {"binary", frame(0x82, "\xff"), "messageb(\xff) "},
        {"empty", frame(0x81, ""), "message() "},
        {"fragments", frame(0x01, "a") + frame(0x00, "b") + frame(0x80, "c"), "message(abc) "},
        {"a control frame between", frame(0x01, "a") + frame(0x89, "p") + frame(0x80, "c"), "ping(p) message(ac) "},
        {"a character over two fragments", frame(0x01, "\xc3") + frame(0x80, "\xa4"), "message(ä) "},
        {"pong", frame(0x8a, "x"), "pong(x) "},
        {"close", frame(0x88, code1000 + "bye") + frame(0x81, "late"), "close1000"},
        {"close without a code", frame(0x88, ""), "close1000"},
        {"close with half a code", frame(0x88, "\x03"), "bad1002"},
        {"close with a code nobody may send", frame(0x88, std::string("\x03\xed", 2)), "bad1002"},
        {"close with a broken reason", frame(0x88, code1000 + "\xff"), "bad1007"},
        {"not masked", frame(0x81, "a", false), "bad1002"},
        {"reserved bit", frame(0xc1, "a"), "bad1002"},
        {"unknown opcode", frame(0x83, "a"), "bad1002"},
        {"unknown control", frame(0x8b, "a"), "bad1002"},
        {"control in fragments", frame(0x09, "a"), "bad1002"},
        {"long control", frame(0x89, std::string(126, 'x')), "bad1002"},
        {"continuation of nothing", frame(0x80, "a"), "bad1002"},
        {"a message within a message", frame(0x01, "a") + frame(0x81, "b"), "bad1002"},
        {"text that is none", frame(0x81, "\xff"), "bad1007"},
        {"length not the shortest", frame(0x81, "a", true, 2), "bad1002"},
        {"length not the shortest, 8 bytes", frame(0x81, std::string(200, 'x'), true, 8), "bad1002"},
        {"huge", std::string("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff", 10) + "mask", "bad1009"},
    };
    for (const auto& t : table) {
      for (const size_t step : {size_t{1}, size_t{3}, size_t{100000}})
        CPPUNIT_ASSERT_EQUAL_MESSAGE(t.name, t.wanted, told(t.input, step));
    }
  }

  void largeMessages() {
    const std::string most(WebSocketReader::kMaxMessage, 'x');
    CPPUNIT_ASSERT_EQUAL("message(" + most + ") ", told(frame(0x81, most), 50000));
    CPPUNIT_ASSERT_EQUAL(std::string("bad1009"), told(frame(0x01, most) + frame(0x80, "y"), 50000));
  }

  void handshake() {
    RequestHead r;
    r.method = "GET";
    r.fields.add("upgrade", "WebSocket");
    r.fields.add("connection", "keep-alive, Upgrade");
    r.fields.add("sec-websocket-version", "13");
    r.fields.add("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
    CPPUNIT_ASSERT_EQUAL(std::string("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), webSocketAccept(r));  // RFC 6455 1.3
    for (const auto& [name, value] :
         {std::pair("upgrade", "h2c"), std::pair("connection", "close"), std::pair("sec-websocket-version", "8"),
          std::pair("sec-websocket-key", "short")}) {
      RequestHead other = r;
      other.fields.set(name, value);
      CPPUNIT_ASSERT_MESSAGE(name, webSocketAccept(other).empty());
    }
    r.method = "POST";
    CPPUNIT_ASSERT(webSocketAccept(r).empty());
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(WebSocketTest);

}  // namespace
