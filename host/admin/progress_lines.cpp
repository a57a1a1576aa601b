#include "admin/progress_lines.hpp"

#include "admin/error_form.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

constexpr std::chrono::milliseconds kEvery{200};

}  // namespace

ProgressLines::ProgressLines(http::Exchange& x)
    : x_(x),
      wanted_(x.request().head.fields.get("accept").value_or("").find(kType) != std::string_view::npos),
      next_(std::chrono::steady_clock::now() + kEvery) {}

TellProgress ProgressLines::tell() {
  if (!wanted_) return nullptr;
  return [this](const Progress& p) { return line(p); };
}

bool ProgressLines::line(const Progress& p) {
  const auto now = std::chrono::steady_clock::now();
  if (gone_ || now < next_) return !gone_;
  next_ = now + kEvery;
  ph::Status s;
  if (!begun_) {
    s = x_.setField("content-type", kType);
    if (s) s = x_.setField("cache-control", "no-store, no-transform");
  }
  begun_ = true;
  const auto body = Value::object({{"done", p.done}, {"total", p.total}, {"unit", p.unit}});
  if (s) s = x_.write(json::text(Value::object({{"progress", body}})) + "\n");
  if (s) s = x_.flush();
  gone_ = !s.ok();
  return !gone_;
}

ph::Status ProgressLines::end(const Answer& answer) {
  const Value last =
      answer ? Value::object({{"result", *answer}}) : Value::object({{"error", errorForm(answer.error())}});
  return x_.write(json::text(last) + "\n");
}

}  // namespace posthouse::admin
