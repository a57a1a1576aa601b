// THREAD=REFERENCES and THREAD=ORDEREDSUBJECT, step by step as RFC 5256 3 numbers them.
#include "ph/imap/thread.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace ph::imap {

namespace {

constexpr std::size_t kNone = SIZE_MAX;
constexpr int kMaxClimb = 10'000;  // a chain that is longer is not followed: nothing is linked then

class ByReferences {
 public:
  explicit ByReferences(const std::vector<ThreadMessage>& messages) : messages_(messages) {}

  ThreadForest run() {
    link();
    gather();
    prune();
    for (auto& node : nodes_) sortSiblings(node.children);
    sortSiblings(roots_);
    mergeSubjects();
    return finish();
  }

 private:
  struct Node {
    std::size_t message = kNone;  // none: a dummy
    std::size_t parent = kNone;
    std::size_t childCount = 0;
    std::vector<std::size_t> children;
  };

  bool isDummy(std::size_t n) const { return nodes_[n].message == kNone; }

  std::size_t make() {
    nodes_.emplace_back();
    return nodes_.size() - 1;
  }
  std::size_t named(const std::string& id) {
    const auto [at, fresh] = byId_.try_emplace(id, nodes_.size());
    if (fresh) make();
    return at->second;
  }
  // Whether `a` is `b` or below it.
  bool isBelow(std::size_t a, std::size_t b) const {
    if (a == b) return true;
    if (nodes_[b].childCount == 0) return false;
    for (int climbed = 0; a != kNone; a = nodes_[a].parent) {
      if (a == b || ++climbed > kMaxClimb) return true;
    }
    return false;
  }
  void attach(std::size_t parent, std::size_t child) {
    if (isBelow(parent, child)) return;
    nodes_[child].parent = parent;
    ++nodes_[parent].childCount;
  }

  // Step 1.
  void link() {
    for (std::size_t i = 0; i < messages_.size(); ++i) {
      const auto& m = messages_[i];
      std::size_t own = m.messageId.empty() ? make() : named(m.messageId);
      if (!isDummy(own)) own = make();  // another message has this id
      nodes_[own].message = i;
      std::size_t before = kNone;
      for (const auto& id : m.references) {
        const auto node = named(id);
        if (before != kNone && nodes_[node].parent == kNone) attach(before, node);
        before = node;
      }
      if (nodes_[own].parent != kNone) --nodes_[std::exchange(nodes_[own].parent, kNone)].childCount;
      if (before != kNone) attach(before, own);
    }
  }

  // Step 2.
  void gather() {
    for (std::size_t n = 0; n < nodes_.size(); ++n) {
      if (nodes_[n].parent == kNone) {
        roots_.push_back(n);
      } else {
        nodes_[nodes_[n].parent].children.push_back(n);
      }
    }
  }

  // Step 3, from the leaves up.
  void prune() {
    std::vector<std::size_t> order = roots_;
    for (std::size_t i = 0; i < order.size(); ++i) {
      const auto& children = nodes_[order[i]].children;
      order.insert(order.end(), children.begin(), children.end());
    }
    for (auto n = order.rbegin(); n != order.rend(); ++n) {
      std::vector<std::size_t> kept;
      for (const auto child : nodes_[*n].children) {
        if (!isDummy(child)) {
          kept.push_back(child);
        } else {
          kept.insert(kept.end(), nodes_[child].children.begin(), nodes_[child].children.end());
          nodes_[child].children.clear();
        }
      }
      nodes_[*n].children = std::move(kept);
    }
    std::vector<std::size_t> kept;
    for (const auto root : roots_) {
      auto& children = nodes_[root].children;
      if (!isDummy(root) || children.size() > 1) {
        kept.push_back(root);
      } else if (children.size() == 1) {
        kept.push_back(children.front());
      }
    }
    roots_ = std::move(kept);
  }

  // The message, or the first child of a dummy.
  const ThreadMessage& face(std::size_t n) const {
    return messages_[nodes_[isDummy(n) ? nodes_[n].children.front() : n].message];
  }
  std::size_t place(std::size_t n) const { return nodes_[isDummy(n) ? nodes_[n].children.front() : n].message; }

  // Steps 4 and 6; what was sent at the same time stays in the order of the mailbox.
  void sortSiblings(std::vector<std::size_t>& list) const {
    std::sort(list.begin(), list.end(), [&](std::size_t a, std::size_t b) {
      return face(a).sent != face(b).sent ? face(a).sent < face(b).sent : place(a) < place(b);
    });
  }

  // Step 5.
  void mergeSubjects() {
    std::unordered_map<std::string, std::size_t> table;
    for (const auto root : roots_) {
      const auto& subject = face(root).subject;
      if (subject.empty()) continue;
      const auto [at, fresh] = table.try_emplace(subject, root);
      if (fresh || isDummy(at->second)) continue;
      const bool better = isDummy(root) || (face(at->second).isReply && !face(root).isReply);
      if (better) at->second = root;
    }
    std::vector<bool> gone(nodes_.size(), false);
    std::vector<std::size_t> touched;
    std::unordered_map<std::size_t, std::size_t> standsFor;  // a root, the dummy that took its place
    const std::vector<std::size_t> roots = roots_;
    for (const auto root : roots) {
      const std::string subject = face(root).subject;
      if (subject.empty()) continue;
      const auto first = table.at(subject);
      if (first == root) continue;
      if (const auto by = standsFor.find(root); by != standsFor.end() && by->second == first) continue;
      gone[root] = true;
      if (isDummy(first) && isDummy(root)) {
        auto& more = nodes_[root].children;
        nodes_[first].children.insert(nodes_[first].children.end(), more.begin(), more.end());
        touched.push_back(first);
      } else if (isDummy(first) || (face(root).isReply && !face(first).isReply)) {
        nodes_[first].children.push_back(root);
        touched.push_back(first);
      } else {
        const auto dummy = make();
        gone.push_back(false);
        nodes_[dummy].children = {first, root};
        standsFor[first] = dummy;
        table[subject] = dummy;
        touched.push_back(dummy);
      }
    }
    roots_.clear();
    for (const auto root : roots) {
      if (gone[root]) continue;
      const auto by = standsFor.find(root);
      roots_.push_back(by == standsFor.end() ? root : by->second);
    }
    for (const auto n : touched) sortSiblings(nodes_[n].children);
    sortSiblings(roots_);
  }

  ThreadForest finish() {
    ThreadForest out;
    for (auto& node : nodes_)
      out.nodes.push_back({node.message == kNone ? 0 : messages_[node.message].number, std::move(node.children)});
    out.roots = std::move(roots_);
    return out;
  }

  const std::vector<ThreadMessage>& messages_;
  std::vector<Node> nodes_;
  std::vector<std::size_t> roots_;
  std::unordered_map<std::string, std::size_t> byId_;
};

}  // namespace

ThreadForest threadByReferences(const std::vector<ThreadMessage>& messages) {
  return ByReferences(messages).run();
}

ThreadForest threadByOrderedSubject(const std::vector<ThreadMessage>& messages) {
  std::vector<std::size_t> order(messages.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const int subject = messages[a].subject.compare(messages[b].subject);
    return subject != 0 ? subject < 0 : messages[a].sent < messages[b].sent;
  });
  ThreadForest out;
  for (const auto& m : messages) out.nodes.push_back({m.number, {}});
  for (const auto i : order) {
    if (!out.roots.empty() && messages[out.roots.back()].subject == messages[i].subject) {
      out.nodes[out.roots.back()].children.push_back(i);
    } else {
      out.roots.push_back(i);
    }
  }
  std::sort(out.roots.begin(), out.roots.end(), [&](std::size_t a, std::size_t b) {
    return messages[a].sent != messages[b].sent ? messages[a].sent < messages[b].sent : a < b;
  });
  return out;
}

std::string threadText(const ThreadForest& forest) {
  std::string out;
  std::vector<std::size_t> open(forest.roots.rbegin(), forest.roots.rend());
  while (!open.empty()) {
    std::size_t n = open.back();
    open.pop_back();
    if (n == kNone) {
      out += ')';
      continue;
    }
    out += '(';
    bool first = true;
    while (true) {
      const auto& node = forest.nodes[n];
      if (node.number != 0) {
        if (!std::exchange(first, false)) out += ' ';
        out += std::to_string(node.number);
      }
      if (node.children.size() != 1) break;
      n = node.children.front();
    }
    const auto& children = forest.nodes[n].children;
    if (children.empty()) {
      out += ')';
      continue;
    }
    if (!first) out += ' ';
    open.push_back(kNone);
    open.insert(open.end(), children.rbegin(), children.rend());
  }
  return out;
}

}  // namespace ph::imap
