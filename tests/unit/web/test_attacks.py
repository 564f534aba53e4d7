"""What nobody means well: injection, traversal, endless and twofold parameters, wrong bytes; all refused."""

import json
import socket
from urllib.parse import quote

import pytest

ROOT = "/api/v1"
LONG = "x" * 10_000
# A text that means something to SQL, to a shell, to a template, to a path or to a header.
HOSTILE = (
    "'; DROP TABLE headline; --",
    "' OR '1'='1",
    "CHN' UNION SELECT * FROM read_text('/etc/passwd') --",
    "$(cat /etc/passwd)",
    "{{7*7}}",
    "../../../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "/etc/passwd",
    "file:///etc/passwd",
    "https://example.org/list.csv",
    "\\\\server\\share",
    "\x00",
    "a\r\nX-Injected: yes",
    "<script>alert(1)</script>",
    "\u202e2024",
    "\ud7ff\uffff",
    "9" * 400,
    "-1",
    "1e308",
    "NaN",
    LONG,
)
# One parameter of every kind: years, date, codes, keys, number, text, name of a file, reference.
PLACES = (
    ("balance", "year", {}),
    ("balance", "as_of", {}),
    ("balance", "partner", {"year": "2025"}),
    ("balance", "group", {"year": "2025"}),
    ("balance", "product", {"year": "2025"}),
    ("balance", "by", {"year": "2025"}),
    ("balance", "top", {"year": "2025", "by": "group"}),
    ("balance", "list", {"year": "2025"}),
    ("dependence", "screen", {}),
    ("ip", "country", {"year": "2023"}),
    ("story", "name", {}),
    ("claims-check", "what", {}),
    (
        "claims-judge",
        "row",
        {"stated": "1", "unit": "usd", "of": "balance?year=2024", "column": "balance_usd"},
    ),
    ("claims-judge", "of", {"stated": "1", "unit": "usd", "column": "balance_usd"}),
    ("trace", "what", {}),
    ("cite", "what", {}),
)


@pytest.mark.parametrize(("address", "name", "others"), PLACES)
def test_a_hostile_text_is_refused_as_a_problem(client, address, name, others):
    for text in HOSTILE:
        given = client.get(f"{ROOT}/{address}", params={**others, name: text})
        assert given.status_code in {400, 404}, (text[:80], given.text[:300])
        assert given.headers["content-type"] == "application/problem+json"
        assert len(given.content) < 3_000
        assert "root:" not in given.text
        assert "x-injected" not in given.headers


def test_a_hostile_sentence_is_text_and_nothing_else(client):
    for text in HOSTILE:
        given = client.get(f"{ROOT}/claims-judge", params={"text": text})
        assert given.status_code in {200, 400, 404}, (text[:80], given.text[:300])
        if given.status_code == 200:
            assert all(row["verdict"] is None for row in given.json()["rows"])
    endless = client.get(f"{ROOT}/claims-judge", params={"text": "a" * 20_001})
    assert endless.status_code == 400


@pytest.mark.parametrize(
    "address",
    [
        "balance?year=0000:9999",
        "balance?year=1799",
        "balance?year=2025:2024",
        "balance?top=99999999999999999999&by=group",
        "balance?top=0&by=group",
        "balance?as_of=9999-99-99",
        "balance?as_of=0000-01-01",
        "whatif-tariff?partner=CHN&rate=1e999",
        "whatif-tariff?partner=CHN&rate=-500%25",
        "stress?without=CHN&share=7",
        "gap?year=2023&top=-3",
    ],
)
def test_absurd_ranges_are_refused(client, address):
    given = client.get(f"{ROOT}/{address}")
    assert given.status_code == 400, given.text[:300]


@pytest.mark.parametrize(
    "address",
    [
        "balance?year=2024&year=2024",
        "balance?format=csv&format=json",
        "balance?year=2024&Year=2024",
        "balance?year[]=2024",
        "questions?year=2024",
        f"balance?{LONG}=1",
        "balance?" + "&".join(f"p{number}=1" for number in range(2_000)),
    ],
)
def test_twofold_and_unknown_parameters_are_refused(client, address):
    given = client.get(f"{ROOT}/{address}")
    assert given.status_code == 400
    assert len(given.content) < 2_000


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/../../etc/passwd",
        "/api/v1/%2e%2e/%2e%2e/etc/passwd",
        "/assets/..%2f..%2fpyproject.toml",
        "/assets/%2e%2e/app.py",
        "/assets/....//app.py",
        "//etc/passwd",
        "/api/v1/balance/../status",
        "/api/v1/balance%00",
        "/api/v1/ingest",
        "/api/v1/fetch?source=census-country",
    ],
)
def test_paths_that_lead_elsewhere_lead_nowhere(listening, path):
    status, _, body = raw(listening, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    assert status in {400, 404}
    assert b"root:" not in body
    assert b"[project]" not in body


def raw(listening, request):
    """Send bytes, and read one response; what no client would write."""
    with socket.create_connection(listening, timeout=30) as wire:
        wire.sendall(request)
        data = b""
        while b"\r\n\r\n" not in data and (part := wire.recv(65_536)):
            data += part
        head, _, body = data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        length = int(headers.get("content-length", 0))
        while len(body) < length and (part := wire.recv(65_536)):
            body += part
    return int(lines[0].split()[1]), headers, body


@pytest.mark.parametrize(
    ("line", "headers", "statuses"),
    [
        ("GET /api/v1/balance?year=%ff%fe HTTP/1.1", "", {400}),
        ("GET /api/v1/balance?year=%zz HTTP/1.1", "", {400}),
        ("GET /api/v1/balance?year=2024%00 HTTP/1.1", "", {400}),
        ("GET /api/v1/balance?partner=%ed%a0%80 HTTP/1.1", "", {400}),
        ("GET /api/v1/balance?year=2\xff24 HTTP/1.1", "", {400}),
        ("GET /api/v1/balance?year=2024 HTTP/1.1", "Accept: \xff\xfe\r\n", {406}),
        (
            "GET /api/v1/balance?year=2024 HTTP/1.1",
            "Accept: " + ",".join(["a/b;q=9"] * 2_000) + "\r\n",
            {406},
        ),
        ("GET /api/v1/balance?year=2024 HTTP/1.1", "Accept: application/json;q=nan\r\n", {200, 406}),
        (
            "GET /api/v1/balance?year=2024 HTTP/1.1",
            "If-None-Match: " + '"x",' * 10_000 + "\r\n",
            {200, 400, 431},
        ),
        ("GET /api/v1/balance?year=2024 HTTP/1.1", "Accept-Encoding: gzip;q=0\r\n", {200}),
        ("GET /api/v1/balance?year=2024 HTTP/1.1", f"X-Long: {'y' * 200_000}\r\n", {400, 431}),
        ("GET /api/v1/balance?year=2024 HTTP/1.1", "Content-Length: -1\r\n", {400}),
        ("GET /api/v1/balance?year=2024 HTTP/1.1", "Host: other.example\r\n", {400}),
        ("TRACE /api/v1/balance HTTP/1.1", "", {405}),
        ("POST /api/v1/balance?year=2024 HTTP/1.1", "Content-Length: 0\r\n", {405}),
        ("\x16\x03\x01\x02", "", {400}),
    ],
)
def test_bytes_that_are_no_proper_request_are_refused_and_the_server_lives_on(
    listening, line, headers, statuses
):
    host = "" if "Host:" in headers else "Host: 127.0.0.1\r\n"
    request = f"{line}\r\n{host}{headers}\r\n".encode("latin-1")
    status, found, _ = raw(listening, request)
    assert status in statuses
    if "gzip;q=0" in headers:
        assert "content-encoding" not in found
    assert raw(listening, b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")[0] == 200


def test_a_failure_of_the_server_is_a_problem_that_tells_nothing(client, monkeypatch):
    from techbalance.web import api

    def broken(_):
        raise RuntimeError("secret of the house")

    monkeypatch.setattr(api, "once", broken)
    given = client.get(f"{ROOT}/balance", params={"year": "2024"})
    assert given.status_code == 500
    assert given.headers["content-type"] == "application/problem+json"
    assert "secret" not in given.text


def test_no_problem_names_a_folder_of_the_server(client, home):
    for address in (
        "value-added?year=2007",
        "exposure?partners=CHN",
        "six-digit?reporter=DEU&year=2023",
        "status",
    ):
        given = client.get(f"{ROOT}/{address}")
        assert str(home) not in given.text, given.text[:500]


def test_a_reference_that_is_too_long_for_a_header_is_in_the_answer_alone(client):
    given = client.get(f"{ROOT}/claims-judge", params={"text": "Nothing. " + "é" * 1_000})
    assert given.status_code == 200
    assert "techbalance-reference" not in given.headers
    assert len(given.json()["reference"]) > 2_000


def test_text_that_looks_like_markup_stays_text(client):
    text = "<img src=x onerror=alert(1)> The ATP deficit was $1bn in 2024."
    given = client.get(f"{ROOT}/claims-judge", params={"text": text, "format": "csv"})
    assert given.headers["content-type"].startswith("text/csv")
    assert given.headers["x-content-type-options"] == "nosniff"
    assert quote("<img") in json.dumps(given.headers.get("techbalance-reference", quote("<img")))
