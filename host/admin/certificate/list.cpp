#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <ctime>
#include <memory>

#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "admin/store_file.hpp"
#include "config/server.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

int64_t unixTime(const ASN1_TIME* t) {
  tm utc{};
  return ASN1_TIME_to_tm(t, &utc) == 1 ? static_cast<int64_t>(timegm(&utc)) : 0;
}

void read(const std::string& file, Value* out) {
  const auto text = readFile(file);
  if (!text) {
    out->set("problem", text.error().text);
    return;
  }
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new_mem_buf(text->data(), static_cast<int>(text->size())),
                                                      BIO_free);
  const std::unique_ptr<X509, decltype(&X509_free)> cert(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr),
                                                         X509_free);
  if (!cert) {
    out->set("problem", "not a certificate in PEM");
    return;
  }
  Value subjects = Value::list();
  auto* names = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(cert.get(), NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, i);
    if (name->type != GEN_DNS) continue;
    subjects.add(std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                             static_cast<size_t>(ASN1_STRING_length(name->d.dNSName))));
  }
  GENERAL_NAMES_free(names);
  out->set("subjects", std::move(subjects));
  out->set("from", unixTime(X509_get0_notBefore(cert.get())));
  out->set("until", unixTime(X509_get0_notAfter(cert.get())));
}

Answer run(Call& call) {
  Value items = Value::list();
  const auto config = call.core.config();
  for (const auto& c : config->certificates) {
    Value item = Value::object({{"certificate", c.certificate}, {"names", c.names}});
    read(c.certificate, &item);
    items.add(std::move(item));
  }
  return Value::object({{"items", std::move(items)}});
}

}  // namespace

extern const Operation kCertificateList;
const Operation kCertificateList = {.name = "certificate.list",
                                    .method = Method::Get,
                                    .path = "/certificates",
                                    .help = "Lists the certificates and how long they last.",
                                    .result = {Shape::Kind::Many,
                                               {{"certificate", Param::Type::String, "The file."},
                                                {"names", Param::Type::List, "What it is used for; none: all others."},
                                                {"subjects", Param::Type::List, "The names in it."},
                                                {"from", Param::Type::Time, "Valid from."},
                                                {"until", Param::Type::Time, "Valid until."},
                                                {"problem", Param::Type::String, "Why it can not be read."}}},
                                    .run = run};

}  // namespace posthouse::admin
