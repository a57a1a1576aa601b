#include "config/sendmail_config.hpp"

#include <fstream>

#include "config/schema.hpp"

namespace posthouse::config {
namespace {

constexpr char kSchema[] = R"json({
  "type": "object", "additionalProperties": false, "required": ["host"],
  "properties": {
    "host": {"type": "string", "minLength": 1, "description": "Name of the server; its certificate must have it."},
    "port": {"type": "integer", "minimum": 0, "maximum": 65535, "default": 0, "description": "0: 465 or 587, as tls says."},
    "tls": {"type": "string", "enum": ["implicit", "starttls", "none"], "default": "implicit", "description": "none is for loopback only."},
    "authorities": {"type": "string", "default": "", "description": "PEM file with the certificates that are trusted; empty: those of the system."},
    "username": {"type": "string", "default": "", "description": "Empty: no login."},
    "password": {"type": "string", "default": "", "description": "Of that user."},
    "password_file": {"type": "string", "default": "", "description": "Instead: a file whose first line is the password."},
    "from": {"type": "string", "default": "", "description": "The sender where a message or -f does not say one."},
    "domain": {"type": "string", "default": "", "description": "Of addresses without one, as root; empty: that of from."},
    "unsent": {"type": "string", "default": "", "description": "Folder for mail that could not be handed over; empty: .local/state/posthouse/unsent in the home folder."}
  }
})json";

}  // namespace

ph::Result<SendmailConfig> readSendmail(const std::string& file) {
  auto node = parseToml(file);
  if (!node) return node.error();
  const auto schema = Schema::parse(kSchema);
  if (!schema) return schema.error();
  auto problems = schema->apply(&*node);
  SendmailConfig c;
  c.host = node->stringAt("host");
  const auto tls = node->stringAt("tls");
  c.tls = tls == "none"       ? SendmailConfig::Tls::None
          : tls == "starttls" ? SendmailConfig::Tls::StartTls
                              : SendmailConfig::Tls::Implicit;
  c.port = static_cast<uint16_t>(node->intAt("port"));
  if (c.port == 0) c.port = c.tls == SendmailConfig::Tls::Implicit ? 465 : 587;
  c.authorities = node->stringAt("authorities");
  c.username = node->stringAt("username");
  c.password = node->stringAt("password");
  c.from = node->stringAt("from");
  c.domain = node->stringAt("domain");
  c.unsent = node->stringAt("unsent");
  if (const auto name = node->stringAt("password_file"); !name.empty()) {
    std::ifstream in(name);
    if (!std::getline(in, c.password)) problems.push_back(file + ": the password file " + name + " can't be read");
  }
  const bool loopback = c.host == "localhost" || c.host == "::1" || c.host.starts_with("127.");
  if (c.tls == SendmailConfig::Tls::None && !loopback)
    problems.push_back(node->at.text() + ": 'tls' may be \"none\" for a host of loopback only");
  if (!problems.empty()) {
    std::string text;
    for (const auto& p : problems) text += (text.empty() ? "" : "\n") + p;
    return ph::Error{ph::Kind::Invalid, text};
  }
  return c;
}

}  // namespace posthouse::config
