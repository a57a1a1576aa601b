#include "keys/key_table.hpp"

namespace ph_mailauth::keys {
namespace {

State stateOf(std::string_view text) {
  for (const auto s : {State::Generated, State::Published, State::Signing, State::Retiring}) {
    if (name(s) == text) return s;
  }
  return State::Retired;
}

}  // namespace

ph::Result<std::vector<Key>> allKeys(ph::Db& db) {
  std::vector<Key> out;
  auto q = db.query(
      "SELECT id, domain, selector, type, state, record, secret, made, since, ready, seen, misses, note, stopped"
      " FROM keys ORDER BY id");
  for (;;) {
    const auto row = q.step();
    if (!row) return row.error();
    if (!*row) return out;
    Key k;
    k.id = q.integer(0);
    k.domain = q.bytes(1);
    k.selector = q.bytes(2);
    k.type = q.bytes(3) == nameOf(dkim::KeyType::Ed25519) ? dkim::KeyType::Ed25519 : dkim::KeyType::Rsa;
    k.state = stateOf(q.bytes(4));
    k.record = q.bytes(5);
    k.secret = q.bytes(6);
    k.made = q.integer(7);
    k.since = q.integer(8);
    k.ready = q.integer(9);
    k.seen = q.integer(10);
    k.misses = static_cast<int>(q.integer(11));
    k.note = q.bytes(12);
    k.stopped = q.integer(13) != 0;
    out.push_back(std::move(k));
  }
}

ph::Status insertKey(ph::Db& db, Key* key) {
  const Key& k = *key;
  auto q = db.query(
      "INSERT INTO keys(domain, selector, type, state, record, secret, made, since, ready, seen, misses, note)"
      " VALUES(?,?,?,?,?,?,?,?,?,?,?,?) RETURNING id");
  q.text(k.domain).text(k.selector).text(nameOf(k.type)).text(name(k.state)).text(k.record).text(k.secret);
  q.bind(k.made).bind(k.since).bind(k.ready).bind(k.seen).bind(k.misses).text(k.note);
  const auto row = q.step();
  if (!row) return row.error();
  key->id = q.integer(0);
  return q.run();
}

ph::Status updateKey(ph::Db& db, const Key& k) {
  auto q = db.query("UPDATE keys SET state=?, since=?, ready=?, seen=?, misses=?, note=?, stopped=? WHERE id=?");
  q.text(name(k.state)).bind(k.since).bind(k.ready).bind(k.seen).bind(k.misses).text(k.note);
  q.bind(int64_t{k.stopped}).bind(k.id);
  return q.run();
}

ph::Status deleteKey(ph::Db& db, int64_t id) {
  return db.query("DELETE FROM keys WHERE id=?").bind(id).run();
}

}  // namespace ph_mailauth::keys
