"""The fruit shop's service."""
import json
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Shop(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/health":
            self.answer(200, {"status": "ok"})
        elif self.path.startswith("/stock/"):
            self.ask_stock(self.path.removeprefix("/stock/"))
        else:
            self.answer(404, {"error": "not found"})

    def ask_stock(self, item):
        try:
            with urllib.request.urlopen(f"http://stock:9000/{item}", timeout=2) as reply:
                self.answer(200, {"available": json.load(reply)["count"] > 0})
        except urllib.error.HTTPError:
            self.answer(404, {"error": "not found"})
        except OSError:
            self.answer(502, {"error": "stock does not answer"})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


ThreadingHTTPServer(("127.0.0.1", 8081), Shop).serve_forever()
