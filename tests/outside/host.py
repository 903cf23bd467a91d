"""A foreign site on an origin of its own, that shows widgets: pages with the policies it wants, and nothing else."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Host:
    """Serves pages by path; `pages[path] = (headers, html)`."""

    def __init__(self):
        pages = self.pages = {}

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                headers, html = pages.get(self.path.split("?")[0], ({}, None))
                self.send_response(200 if html is not None else 404)
                for name, value in {"content-type": "text/html; charset=utf-8", **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write((html or "").encode())

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def show(self, path, html, **headers):
        self.pages[path] = ({name.replace("_", "-"): value for name, value in headers.items()}, html)
        return self.url + path

    def close(self):
        self.server.shutdown()
