"""Free ports of 127.0.0.1, below those that the kernel gives to clients."""
import random
import socket


def free_port():
    for _ in range(200):
        port = random.randrange(9000, 32000)
        with socket.socket() as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                s.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise RuntimeError("no free port")
