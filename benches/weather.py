"""A line to a mail server on this machine that fails as lines do: nobody listens, connections are reset in the middle of a dialogue, or
nothing passes any more and nobody says so."""

import asyncio
import socket
import struct
import threading

# Bytes from the client at which a dialogue is reset: within MAIL, and within the mail itself.
CUTS = {"reset within MAIL": 40, "reset within the mail": 600}
GONE, SILENT = "nobody there", "silence"
FAULTS = (GONE, *CUTS, SILENT)


class Line:
    """Stands before this address on a port of its own. `fault` is one of FAULTS, or None: everything passes."""

    def __init__(self, target):
        self.target, self.fault, self.open = target, None, set()
        self.loop, ready = asyncio.new_event_loop(), threading.Event()
        threading.Thread(target=self.run, args=(ready,), daemon=True).start()
        ready.wait(10)

    def run(self, ready):
        asyncio.set_event_loop(self.loop)
        server = self.loop.run_until_complete(asyncio.start_server(self.connect, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        self.loop.create_task(self.watch())
        self.loop.run_forever()

    async def watch(self):
        """Whoever speaks while nobody is there any more is cut off, too."""
        while True:
            await asyncio.sleep(0.02)
            if self.fault == GONE:
                for writer in list(self.open):
                    reset(writer)

    async def connect(self, reader, writer):
        if self.fault == GONE:
            return reset(writer)
        from_server, to_server = await asyncio.open_connection(*self.target)
        self.open |= {writer}
        said = [0]
        await asyncio.gather(self.pass_on(reader, to_server, writer, said), self.pass_on(from_server, writer, writer, None))
        self.open -= {writer}

    async def pass_on(self, reader, writer, client, said):
        try:
            while data := await reader.read(16384):
                while self.fault == SILENT:
                    await asyncio.sleep(0.02)
                if said is not None:
                    said[0] += len(data)
                if said is not None and said[0] > CUTS.get(self.fault, said[0]):
                    return reset(client)
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    def close(self):
        self.loop.call_soon_threadsafe(self.loop.stop)


def reset(writer):
    """RST instead of a goodbye."""
    connection = writer.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
