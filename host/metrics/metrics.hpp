// What the server counts and measures, for Prometheus. Families are static objects in the file that counts; values that
// somebody else keeps are read when they are asked for.
//
// Guarantees: counting is one atomic operation, with() one short lock and a search: keep what it answers where it is
// hot. Label values come from the configuration and the code, never from strangers, so families stay small.
// Threads: all from any thread.
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
template <class T>
class Family;
}  // namespace prometheus

namespace posthouse::metrics {

class Counter {
 public:
  explicit Counter(prometheus::Counter& c) : counter_(&c) {}
  void add(double n = 1) const;

 private:
  prometheus::Counter* counter_;
};

class Gauge {
 public:
  explicit Gauge(prometheus::Gauge& g) : gauge_(&g) {}
  void add(double n) const;

 private:
  prometheus::Gauge* gauge_;
};

class Histogram {
 public:
  explicit Histogram(prometheus::Histogram& h) : histogram_(&h) {}
  void observe(double seconds) const;

 private:
  prometheus::Histogram* histogram_;
};

using Names = std::initializer_list<const char*>;
using Values = std::initializer_list<std::string_view>;

// A name with labels; as many values as labels.
template <class Metric, class Raw>
class Family {
 public:
  Family(const char* name, const char* help, Names labels = {});
  Metric with(Values values = {}) const;

 private:
  std::vector<std::string> labels_;
  prometheus::Family<Raw>* family_;
};
using Counters = Family<Counter, prometheus::Counter>;
using Gauges = Family<Gauge, prometheus::Gauge>;
using Histograms = Family<Histogram, prometheus::Histogram>;  // seconds, from 0.5 ms to 30 s

// A value that is read whenever somebody asks, until this object is gone.
class Reading {
 public:
  struct Sample {
    std::vector<std::pair<std::string, std::string>> labels;
    double value = 0;
  };
  Reading(const char* name, const char* help, std::function<std::vector<Sample>()> read);
  ~Reading();
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  struct Source;

 private:
  std::shared_ptr<Source> source_;
};

// Everything in Prometheus' text format.
std::string text();

}  // namespace posthouse::metrics
