"""A mail server of our own that outlives the program: it keeps a ledger, can fall silent in the middle of a crowd, and keep recipients waiting."""

import email
import email.policy
import re
import socketserver
import threading
import time
from collections import namedtuple

Received = namedtuple("Received", "to message_id data")


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    # Whoever is not accepted at once would be let in up to half a minute later.
    request_queue_size = 128


class Sink:
    def __init__(self):
        self.ledger, self.lock = [], threading.Lock()
        self.talking, self.silent_from = threading.Event(), None
        # Seconds before a recipient `tarpit-...` is answered.
        self.tarpit = 0
        self.talking.set()
        self.server = Server(("127.0.0.1", 0), handler(self))
        self.url = f"smtp://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def fall_silent_after(self, count):
        """Every mail after this many is kept, but not answered, until `talk`."""
        with self.lock:
            self.talking.clear()
            self.silent_from = count

    def talk(self):
        with self.lock:
            self.silent_from = None
            self.talking.set()

    def keep(self, to, data):
        """Stores a mail; returns once its sender may be told so."""
        message_id = re.search(rb"(?mi)^message-id:\s*(\S+)", data)
        with self.lock:
            self.ledger.append(Received(to, message_id and message_id.group(1).decode(), data))
            silent = self.silent_from is not None and len(self.ledger) > self.silent_from
        if silent:
            self.talking.wait(60)

    def to(self, address):
        with self.lock:
            return [mail for mail in self.ledger if mail.to == address]

    def mail_to(self, address):
        kept = self.to(address)
        return email.message_from_bytes(kept[-1].data, policy=email.policy.default) if kept else None

    def close(self):
        self.talk()
        self.server.shutdown()
        self.server.server_close()


def handler(sink):
    class Dialogue(socketserver.StreamRequestHandler):
        def say(self, line):
            self.wfile.write(line.encode() + b"\r\n")

        def handle(self):
            try:
                self.talk()
            except OSError:
                pass  # The program was killed in the middle of a sentence.

        def talk(self):
            self.say("220 sink ready")
            to = None
            for line in self.rfile:
                command = line.decode().strip()
                verb = command[:4].upper()
                if verb == "RCPT":
                    to = command[command.index("<") + 1:command.index(">")]
                    if to.startswith("tarpit-"):
                        time.sleep(sink.tarpit)
                if verb == "DATA":
                    self.say("354 go on")
                    data = self.body()
                    if data is None:
                        return
                    sink.keep(to, data)
                self.say("221 bye" if verb == "QUIT" else "250 2.0.0 ok")
                if verb == "QUIT":
                    return

        def body(self):
            lines = []
            for line in self.rfile:
                if line == b".\r\n":
                    return b"".join(lines)
                lines.append(line.removeprefix(b"."))
            return None

    return Dialogue
