"""A resolver of our own on loopback: TXT records by name, and nothing else."""

import socketserver
import struct
import threading


class Resolver:
    def __init__(self):
        texts = self.texts = {}

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                question, socket = self.request
                socket.sendto(answer(texts, question), self.client_address)

        self.server = socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def txt(self, name, *_, **__):
        """As dkimpy asks: the record's bytes, or nothing."""
        name = name.decode() if isinstance(name, bytes) else name
        text = self.texts.get(name.rstrip(".").lower())
        return text.encode() if text else None

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def answer(texts, question):
    labels, at = [], 12
    while question[at]:
        labels.append(question[at + 1:at + 1 + question[at]].decode().lower())
        at += 1 + question[at]
    kind, end = struct.unpack(">H", question[at + 1:at + 3])[0], at + 5
    text = texts.get(".".join(labels)) if kind == 16 else None
    known = ".".join(labels) in texts
    head = question[:2] + struct.pack(">HHHHH", 0x8180 if known else 0x8183, 1, int(text is not None), 0, 0)
    if text is None:
        return head + question[12:end]
    parts = [text[i:i + 255].encode() for i in range(0, len(text), 255)]
    data = b"".join(bytes([len(part)]) + part for part in parts)
    return head + question[12:end] + b"\xc0\x0c" + struct.pack(">HHIH", 16, 1, 60, len(data)) + data
