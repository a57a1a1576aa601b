"""python3-spf and the plugin agree on generated records and senders.

Left out is where python3-spf has habits of its own: it calls an include of the same domain a syntax error, accepts an open
"%{" and "%{d0}", and looks up all exchangers before it compares (so that
names without addresses count as lookups in vain), and lets failures within ptr fail the check, where RFC 7208 5.5 passes over them.
"""
import random

import spf
from auth_script import AuthScript

ZONES, CHECKS = 400, 10
DOMAINS = ["a.example", "b.example", "c.example", "d.example", "e.example"]
HOSTS = ["m1.a.example", "m2.b.example", "web.c.example", "x.d.example"]
ADDRESSES = ["192.0.2.1", "192.0.2.77", "192.0.2.200", "198.51.100.7", "203.0.113.250"]
ADDRESSES6 = ["2001:db8::1", "2001:db8:1::7", "2001:db8:ffff::250"]
LOCALPARTS = ["ann", "strong-bad", "a.b.c", "x+list", "", "o'neil", "very.long." + "p" * 60]
MACROS = ["%{d}", "%{o}", "%{l}.%{d}", "%{l1r-}.%{d2}", "%{ir}.%{v}.%{d}", "%{h}", "%{d1r}.%{o}", "%{L}.%{d}", "%{i}.%{d}"]
BROKEN = ["all:", "ip4:192.0.2.300", "ip4:192.0.2.0/33", "ip6:2001:db8::/129", "exists", "include", "a:", "%{d}", "foo", "-bar:a.example",
          "a:%{x}.a.example", "a:nodot", "ip4:192.0.2.0//24", "ptr/24", "redirect=", "exp=", "mx:/24", "a/33"]


class Zone:
    """The same records for both."""

    def __init__(self, rng):
        self.records = {}
        self.slow = {(rng.choice(DOMAINS + HOSTS), rng.choice(["A", "TXT", "MX", "AAAA"]))} if rng.random() < 0.2 else set()
        for name in DOMAINS:
            self.add(name, "TXT", self.record(rng, name))
            if rng.random() < 0.3:
                self.add(name, "TXT", rng.choice(["other text", "v=spf10 +all", "v=spf1 ?all"]))
            self.addresses(rng, name, 1, both=True)
            for _ in range(rng.choice([0, 1, 2, 3, 11 if rng.random() < 0.1 else 2])):
                self.add(name, "MX", (rng.choice([10, 20]), rng.choice(HOSTS + DOMAINS)))
        for name in HOSTS:
            self.addresses(rng, name, 1, both=True)
        for address in ADDRESSES:
            for _ in range(rng.choice([0, 1, 2])):
                self.add(".".join(reversed(address.split("."))) + ".in-addr.arpa", "PTR", rng.choice(HOSTS + DOMAINS))
        for name in ("ann.a.example", "bad.a.example", "strong.a.example", "mail.helo.example"):
            self.addresses(rng, name, 0.7)

    def add(self, name, kind, value):
        values = self.records.setdefault((name, kind), [])
        if value not in values or kind == "MX":
            values.append(value)

    def addresses(self, rng, name, probability, both=False):
        while rng.random() < probability:
            self.add(name, "A", rng.choice(ADDRESSES))
            probability *= 0.5
        if both or rng.random() < 0.4:
            self.add(name, "AAAA", rng.choice(ADDRESSES6))

    def term(self, rng, own):
        qualifier = rng.choice(["", "", "", "+", "-", "~", "?"])
        target = rng.choice(["", ":" + rng.choice(DOMAINS + HOSTS), ":" + rng.choice(MACROS), ":none.example"])
        prefix = rng.choice(["", "", "/24", "/0", "/31", "//64", "/24//48", "//0"])
        kind = rng.choice(["a", "a", "mx", "mx" if self.slow else "ptr", "ip4", "ip4", "ip6", "exists", "include", "include"])
        if kind == "ip4":
            return f"{qualifier}ip4:{rng.choice(ADDRESSES)}{rng.choice(['', '/24', '/32', '/8', '/0'])}"
        if kind == "ip6":
            return f"{qualifier}ip6:{rng.choice(ADDRESSES6)}{rng.choice(['', '/32', '/128', '/47', '/0'])}"
        if kind in ("a", "mx"):
            return f"{qualifier}{kind}{target}{prefix}"
        if kind == "ptr":
            return f"{qualifier}ptr{target}"
        while kind == "include" and target in ("", ":%{d}", ":%{o}", ":%{h}", ":" + own):
            target = ":" + rng.choice(DOMAINS + MACROS[2:])
        return f"{qualifier}{kind}{target or ':' + rng.choice(DOMAINS)}"

    def record(self, rng, own):
        terms = [self.term(rng, own) for _ in range(rng.choice([0, 1, 2, 2, 3, 3, 4, 5, 12 if rng.random() < 0.2 else 3]))]
        if rng.random() < 0.6:
            terms.append(rng.choice(["-all", "~all", "?all", "+all", "ALL"]))
        elif rng.random() < 0.5:
            terms.append("redirect=" + rng.choice(DOMAINS + ["none.example", "%{d}"]))
        if rng.random() < 0.15:
            terms.insert(rng.randrange(len(terms) + 1), rng.choice(["moo=x", "ra=%{d}", "exp=why.a.example"]))
        if rng.random() < 0.12:
            terms.insert(rng.randrange(len(terms) + 1), rng.choice(BROKEN))
        return rng.choice(["v=spf1 ", "v=spf1 ", "V=spf1  "]) + rng.choice([" ", "  "]).join(terms)

    def look_up(self, name, qtype, *_args, **_kwargs):
        name = name.lower()
        if (name, qtype) in self.slow:
            raise spf.TempError("slow")
        values = self.records.get((name, qtype), [])
        return [((name, qtype), [v.encode()] if qtype == "TXT" else v) for v in values]

    def tell(self, script):
        script.say("reset")
        for (name, kind), values in self.records.items():
            for v in values:
                script.say("record", name, kind, f"{v[0]} {v[1]}" if kind == "MX" else v)
        for name, kind in self.slow:
            script.say("fail", name, kind)


def test_agreement(monkeypatch):
    rng = random.Random(7208)
    seen, different = {}, []
    with AuthScript() as script:
        for _ in range(ZONES):
            zone = Zone(rng)
            zone.tell(script)
            monkeypatch.setattr(spf, "DNSLookup", zone.look_up)
            for _ in range(CHECKS):
                ip = rng.choice(ADDRESSES + ADDRESSES6)
                domain = rng.choice(DOMAINS)
                local = rng.choice(LOCALPARTS)
                sender = rng.choice([f"{local}@{domain}", f"{local}@{domain}", ""])
                helo = rng.choice([domain, "mail.helo.example", "[192.0.2.1]", "single"])
                theirs = spf.query(i=ip, s=sender, h=helo, strict=True).check()[0]
                ours = script.ask("spf", ip, helo, sender, "receiver.example")
                seen[theirs] = seen.get(theirs, 0) + 1
                if ours[0] != theirs:
                    different.append((ip, sender, helo, theirs, ours, zone.records.get((domain, "TXT"))))
    assert different == [], f"{len(different)} differ, such as {different[0]}"
    assert sum(seen.values()) >= 2000 and all(seen.get(s, 0) >= 20 for s in ("pass", "fail", "softfail", "neutral", "none", "permerror", "temperror")), seen
