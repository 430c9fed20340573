"""Verifies AWS Signature Version 4 with botocore, a request per POSTed JSON object.

Listens on a free port of 127.0.0.1 and prints it. The arguments are the access key, the secret, the session token, the
region and the service. A request is {"method", "url", "headers": [[name, value], ...], "body": base64}; the answer is
the empty string, or what is wrong.
"""

import base64
import datetime
import hashlib
import hmac
import http.server
import json
import sys

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

ALGORITHM = "AWS4-HMAC-SHA256"
CLOCK_SKEW = datetime.timedelta(minutes=5)

access_key, secret, token, region, service = sys.argv[1:]


def verify(method, url, headers, body):
    values = {}
    for name, value in headers:
        name = name.lower()
        values[name] = f"{values[name]},{value}" if name in values else value

    algorithm, _, rest = values.get("authorization", "").partition(" ")
    if algorithm != ALGORITHM:
        return f"Authorization is not {ALGORITHM}"
    fields = dict(field.strip().split("=", 1) for field in rest.split(","))
    signed = fields["SignedHeaders"].split(";")

    timestamp = values.get("x-amz-date", "")
    try:
        at = datetime.datetime.strptime(timestamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
    except ValueError:
        return f"X-Amz-Date is {timestamp!r}"
    if abs(datetime.datetime.now(datetime.timezone.utc) - at) > CLOCK_SKEW:
        return f"Signature expired: {timestamp}"

    scope = f"{access_key}/{timestamp[:8]}/{region}/{service}/aws4_request"
    if fields["Credential"] != scope:
        return f"Credential should be scoped to {scope}, is {fields['Credential']}"
    for name in ("host", "x-amz-date", "x-amz-security-token"):
        if name not in signed:
            return f"{name} must be signed"
    if values.get("x-amz-security-token") != token:
        return "The security token included in the request is invalid"
    if signed != sorted(signed) or any(name not in values for name in signed):
        return "SignedHeaders do not match the request"
    digest = hashlib.sha256(body).hexdigest()
    if values.get("x-amz-content-sha256", digest) != digest:
        return "X-Amz-Content-SHA256 does not match the body"

    request = AWSRequest(method=method, url=url, data=body, headers={name: values[name] for name in signed})
    request.context["timestamp"] = timestamp
    signer = SigV4Auth(Credentials(access_key, secret, token), service, region)
    canonical = signer.canonical_request(request)
    expected = signer.signature(signer.string_to_sign(request, canonical), request)
    if not hmac.compare_digest(expected, fields["Signature"]):
        return f"The signature does not match. The canonical request is {canonical!r}"
    return ""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            answer = verify(request["method"], request["url"], request["headers"], base64.b64decode(request["body"]))
        except (KeyError, ValueError) as error:
            answer = f"{type(error).__name__}: {error}"
        body = answer.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(f"listening on {server.server_port}", flush=True)
server.serve_forever()
