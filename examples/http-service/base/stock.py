"""The shop's stock: a service that the workshop brings along. GET /apples -> {"item": "apples", "count": 12}"""
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STOCK = {"apples": 12, "pears": 7, "plums": 0}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        item = self.path.strip("/")
        status, answer = (200, {"item": item, "count": STOCK[item]}) if item in STOCK else (404, {"error": "no such item"})
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


ThreadingHTTPServer(("0.0.0.0", 9000), Handler).serve_forever()
