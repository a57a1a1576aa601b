"""Reproducible messages: the same seed and index give the same content."""
import base64
import random
import secrets
import time

TOPICS = 100  # message i carries topic i % TOPICS in From, Subject and body

class MessageFactory:
    """Makes reproducible messages: same seed and index, same content.

    Only the Message-ID differs from one factory to the next, so that a server
    never sees duplicates.
    """

    def __init__(self, args):
        self.seed = seed = args.seed
        self.rcpt_to = args.rcpt_to
        self.header_from = args.header_from
        self.sender_domain = args.mail_from.rpartition("@")[2]
        self.run = secrets.token_hex(6)
        rng = random.Random(seed)
        syllables = [c + v + e for c in "bcdfglmnprstv" for v in "aeiou" for e in ("", "n", "r", "s")]
        self.words = ["".join(rng.choices(syllables, k=rng.randint(1, 3))) for _ in range(3000)]
        self.weights = [1 / (rank + 3) for rank in range(len(self.words))]  # Zipf, roughly

    def text(self, rng, size, topic):
        """`size` bytes of lines of at most 72 characters, with one topic word."""
        words = rng.choices(self.words, weights=self.weights, k=size // 4)
        words[rng.randrange(min(len(words), max(1, size // 10)))] = f"needle{topic:02d}x"
        lines, line, used = [], [], 0
        for word in words:
            if used + len(word) + 1 > 72:
                text = " ".join(line)
                lines.append(text)
                line, used = [], 0
                size -= len(text) + 2
                if size <= 0:
                    break
            line.append(word)
            used += len(word) + 1
        body = "\r\n".join(lines) + "\r\n"
        return body if size >= 0 else body[: size - 2].rstrip() + "\r\n"

    def message(self, index, size, mime=False):
        """Message number `index` with a body of about `size` bytes.

        Bodies over 32 KiB are a short text and a base64 attachment; with
        `mime` every fifth smaller one is multipart/alternative.
        """
        rng = random.Random(self.seed * 1_000_003 + index)
        topic = index % TOPICS
        stamp = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(1_700_000_000 + 61 * index))
        subject = " ".join(rng.choices(self.words, k=rng.randint(3, 7)))
        domain = self.sender_domain
        author = self.header_from or f"person{topic:02d}x@{domain}"
        headers = [
            f"Received: from client{index % 17}.{domain} (client{index % 17}.{domain} [127.0.0.1])\r\n"
            f"\tby mx.{domain} with ESMTPSA id {rng.getrandbits(48):012x}\r\n"
            f"\t(version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384 bits=256); {stamp}",
            f'From: "Person{topic:02d} {rng.choice(self.words).title()}" <{author}>',
            f"To: <{self.rcpt_to}>, Other Reader <reader{rng.randrange(50)}@{domain}>",
            f"Cc: Team <team{rng.randrange(9)}@{domain}>",
            f"Subject: topic{topic:02d}x {subject}",
            f"Date: {stamp}",
            f"Message-ID: <{self.run}.{index}@{domain}>",
        ]
        if index % 3 == 2:
            headers += [
                f"In-Reply-To: <{self.run}.{index - 1}@{domain}>",
                f"References: <{self.run}.{index - 2}@{domain}>\r\n <{self.run}.{index - 1}@{domain}>",
            ]
        headers += ["User-Agent: mailbench/1.0", "Accept-Language: en-GB, en", "MIME-Version: 1.0"]
        boundary = f"=_part_{rng.getrandbits(64):016x}"
        if size > 32768:
            raw = rng.randbytes((size - 2400) * 57 // 78)
            headers.append(f'Content-Type: multipart/mixed; boundary="{boundary}"')
            body = (
                f"--{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{self.text(rng, 2000, topic)}"
                f"--{boundary}\r\nContent-Type: application/octet-stream; name=data.bin\r\n"
                "Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=data.bin\r\n\r\n"
                + base64.encodebytes(raw).decode().replace("\n", "\r\n")
                + f"--{boundary}--\r\n"
            )
        elif mime and index % 5 == 4:
            headers.append(f'Content-Type: multipart/alternative; boundary="{boundary}"')
            half = size // 2 - 150
            body = (
                f"--{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{self.text(rng, half, topic)}"
                f"--{boundary}\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body><p>\r\n"
                f"{self.text(rng, half, topic)}</p></body></html>\r\n--{boundary}--\r\n"
            )
        else:
            headers += ["Content-Type: text/plain; charset=utf-8; format=flowed", "Content-Transfer-Encoding: 7bit"]
            body = self.text(rng, size, topic)
        return ("\r\n".join(headers) + "\r\n\r\n" + body).encode()


def stuff(message):
    return (b"\r\n" + message).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n"
