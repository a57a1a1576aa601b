"""Something for each required parameter of an operation of administration, as openapi.json describes it; of somebody else."""

KNOWN = {"account": "you", "address": "you@localhost", "domain": "localhost", "members": ["you@localhost"], "plugin": "smtp", "password": "long enough", "role": "admin", "name": "none",
         "id": "1", "tls": "default", "level": "info", "key": "log.level", "value": "info", "option": "pedantic", "code": "000000", "session": "none", "values": {"pedantic": True},
         "what": "you@localhost", "mailbox": "INBOX", "keys": ["00"], "words": ["x"], "identifier": "anyone", "rights": "l"}


def arguments(op):
    needed = [p["name"] for p in op.get("parameters", []) if p["required"]]
    needed += op.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {}).get("required", [])
    return {name: KNOWN[name] for name in needed}
