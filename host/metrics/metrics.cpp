#include "metrics/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <type_traits>

namespace posthouse::metrics {
namespace {

const prometheus::Histogram::BucketBoundaries kSeconds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                          0.25,   0.5,   1,      2.5,   5,    10,    30};

prometheus::Registry& registry() {
  static auto* r = new prometheus::Registry;  // never destroyed: threads may count during exit
  return *r;
}

}  // namespace

struct Reading::Source {
  std::string name, help;
  std::function<std::vector<Sample>()> read;

  prometheus::MetricFamily collect() const {
    prometheus::MetricFamily out{name, help, prometheus::MetricType::Gauge, {}};
    for (const auto& sample : read()) {
      prometheus::ClientMetric m;
      for (const auto& [label, value] : sample.labels) m.label.push_back({label, value});
      m.gauge.value = sample.value;
      out.metric.push_back(std::move(m));
    }
    return out;
  }
};

namespace {

struct Readings {
  std::mutex mutex;
  std::vector<Reading::Source*> sources;
};

Readings& readings() {
  static auto* r = new Readings;
  return *r;
}

}  // namespace

void Counter::add(double n) const {
  counter_->Increment(n);
}
void Gauge::add(double n) const {
  gauge_->Increment(n);
}
void Histogram::observe(double seconds) const {
  histogram_->Observe(seconds);
}

template <class Metric, class Raw>
Family<Metric, Raw>::Family(const char* name, const char* help, Names labels) : labels_(labels.begin(), labels.end()) {
  if constexpr (std::is_same_v<Raw, prometheus::Counter>) {
    family_ = &prometheus::BuildCounter().Name(name).Help(help).Register(registry());
  } else if constexpr (std::is_same_v<Raw, prometheus::Gauge>) {
    family_ = &prometheus::BuildGauge().Name(name).Help(help).Register(registry());
  } else {
    family_ = &prometheus::BuildHistogram().Name(name).Help(help).Register(registry());
  }
}

template <class Metric, class Raw>
Metric Family<Metric, Raw>::with(Values values) const {
  std::map<std::string, std::string> labels;
  auto value = values.begin();
  for (const auto& label : labels_) {
    if (value == values.end()) break;
    labels.emplace(label, *value++);
  }
  if constexpr (std::is_same_v<Raw, prometheus::Histogram>) {
    return Metric(family_->Add(labels, kSeconds));
  } else {
    return Metric(family_->Add(labels));
  }
}

Reading::Reading(const char* name, const char* help, std::function<std::vector<Sample>()> read)
    : source_(std::make_shared<Source>(Source{name, help, std::move(read)})) {
  std::lock_guard lock(readings().mutex);
  readings().sources.push_back(source_.get());
}

Reading::~Reading() {
  std::lock_guard lock(readings().mutex);
  std::erase(readings().sources, source_.get());
}

std::string text() {
  auto families = registry().Collect();
  {
    // Held while they are read: what a reading looks at may go as soon as its destructor returns.
    std::lock_guard lock(readings().mutex);
    for (const auto* source : readings().sources) families.push_back(source->collect());
  }
  return prometheus::TextSerializer().Serialize(families);
}

template class Family<Counter, prometheus::Counter>;
template class Family<Gauge, prometheus::Gauge>;
template class Family<Histogram, prometheus::Histogram>;

}  // namespace posthouse::metrics
