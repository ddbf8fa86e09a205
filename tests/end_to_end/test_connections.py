"""Nothing is sent anywhere: no part of the product touches an address but loopback.

Every process of a command writes down what it connects to and which names it looks up, by Python's
own audit events, and, where it can be had, strace sees what libraries do beneath Python.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from app.store.migration import migrate
from index.encoder.offline import SETTINGS
from tests.end_to_end.small_people import write_people_file

LISTENER = """
import os, sys
_OURS = ("127.", "::1", "localhost", "0.0.0.0", "None", "b'127.", "b'localhost")

def _listen(event, arguments):
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        where = str(address[0]) if isinstance(address, tuple) else "None"
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        where = str(arguments[0])
    else:
        return
    if not where.startswith(_OURS):
        with open(os.environ["LISTENED"], "a") as stream:
            stream.write(f"{event} {where}\\n")

sys.addaudithook(_listen)
"""

_ADDRESS = re.compile(r'sin6?_port=.*?(?:inet_addr\("|inet_pton\(AF_INET6, ")([^"]+)')


@pytest.fixture
def listening(tmp_path):
    """Return an environment in which every Python process writes down whom it reaches for."""
    hook = tmp_path / "hook"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(LISTENER, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    return environment | {"PYTHONPATH": str(hook), "LISTENED": str(tmp_path / "listened")}


def reached(environment):
    path = Path(environment["LISTENED"])
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def run(environment, repository, *arguments):
    environment = environment | {
        "PYTHONPATH": f"{environment['PYTHONPATH']}{os.pathsep}{repository}"
    }
    return subprocess.run(
        [sys.executable, *arguments], env=environment, cwd=repository, capture_output=True,
        text=True, timeout=240, check=False,
    )  # fmt: skip


def test_the_listener_hears(listening, repository):
    code = "import socket\ntry: socket.getaddrinfo('somebody.invalid', 80)\nexcept OSError: pass"
    run(listening, repository, "-c", code)
    assert reached(listening) == ["socket.getaddrinfo somebody.invalid"]


def test_a_night_and_an_answer_reach_for_nobody(listening, repository, tmp_path):
    people, index = write_people_file(tmp_path / "people.csv"), str(tmp_path / "index")
    for _ in range(2):  # the second night asks the gate
        done = run(listening, repository, "-m", "index", "nightly", str(people), "--index", index)
        assert done.returncode == 0, done.stderr
    done = run(
        listening, repository, "-m", "app", "recommend", "--index", index, "--person",
        first_id(people), "--goal", "I want to negotiate better",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert reached(listening) == []


def first_id(people):
    return people.read_text(encoding="utf-8").splitlines()[1].split(",")[0].strip('"')


@pytest.fixture
def answering(listening, repository, halden_index, tmp_path):
    """Return a command that answers a goal as somebody with an empty home, and its settings."""
    command = [
        sys.executable, "-m", "app", "recommend", "--index", str(halden_index), "--person", "H0001",
        "--goal", "I want to negotiate better",
    ]  # fmt: skip
    (tmp_path / "home").mkdir()
    homes = {"HOME": str(tmp_path / "home"), "PYTHONPATH": str(repository)}
    environment = {name: text for name, text in listening.items() if not name.startswith("XDG_")}
    return command, {"env": environment | homes, "cwd": repository}


def test_an_answer_leaves_no_mark_of_this_machine(answering, tmp_path):
    """onnxruntime keeps a device id and what it means to send in the home folder."""
    command, settings = answering
    done = subprocess.run(command, **settings, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    left = [path for path in (tmp_path / "home").rglob("*") if path.is_file()]
    kept = tmp_path / "home" / ".cache" / "learning-relationships"
    assert left  # the model's graph
    assert [path for path in left if not path.is_relative_to(kept)] == []


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_beneath_python_an_answer_reaches_for_nobody(answering, tmp_path):
    """onnxruntime looks up its host in C++, where Python's audit events hear nothing."""
    command, settings = answering
    trace = tmp_path / "trace"
    watch = ["strace", "-f", "-qq", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o", str(trace)]
    done = subprocess.run(
        [*watch, *command], **settings, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    asked = _ADDRESS.findall(trace.read_text(encoding="utf-8"))
    assert [address for address in asked if not address.startswith(("127.", "::1"))] == []


@pytest.mark.parametrize("package", ["index", "app", "eval"])
def test_every_door_tells_the_libraries_before_they_are_imported(package, listening, repository):
    code = (
        f"import {package}, os, sys, json; print(json.dumps([dict(os.environ), [name for name in "
        "('onnxruntime', 'streamlit', 'huggingface_hub') if name in sys.modules]]))"
    )
    done = run(listening, repository, "-c", code)
    environment, imported = json.loads(done.stdout)
    assert imported == []
    assert SETTINGS.items() <= environment.items()


def test_what_somebody_has_set_stays(listening, repository):
    code = "import index, os; print(os.environ['HF_HUB_OFFLINE'])"
    assert run(listening | {"HF_HUB_OFFLINE": "0"}, repository, "-c", code).stdout == "0\n"


@pytest.fixture
def served(listening, repository, halden_index, tmp_path):
    """Serve the pages; gives a port, and takes settings."""
    started = []

    def start(**settings):
        port, store = free_port(), f"sqlite:///{tmp_path}/store.sqlite"
        migrate(store)
        process = subprocess.Popen(
            [sys.executable, "-m", "app", "serve", "--index", str(halden_index), "--port",
             str(port), "--store", store],
            env=listening | settings
            | {"PYTHONPATH": f"{listening['PYTHONPATH']}{os.pathsep}{repository}"},
            cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        started.append(process)
        base = (
            settings.get("LEARNING_RELATIONSHIPS_PUBLIC_URL", "")
            .partition("://")[2]
            .partition("/")[2]
        )
        wait_for(process, f"http://127.0.0.1:{port}/{base}{'/' * bool(base)}_stcore/health")
        return port

    yield start
    for process in started:
        process.send_signal(signal.SIGINT)
        try:
            process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(process, url):
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()[0]
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.3)
    raise AssertionError(f"nobody answers at {url}")


def upgrade(port, path="/_stcore/stream", **headers):
    """Ask for a websocket; gives the status of the answer."""
    asked = {
        "Host": f"127.0.0.1:{port}", "Connection": "Upgrade", "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    } | headers  # fmt: skip
    lines = "".join(f"{name}: {value}\r\n" for name, value in asked.items())
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode())
        return int(connection.recv(4096).split()[1])


def test_a_served_page_and_a_strangers_page_reach_for_nobody(served, listening):
    port = served()
    assert upgrade(port) == 101
    assert upgrade(port, Origin=f"http://127.0.0.1:{port}") == 101
    assert upgrade(port, Origin="https://elsewhere.example") == 403
    assert upgrade(port, Origin="null") == 403
    time.sleep(1)
    assert reached(listening) == []


PUBLIC = "http://learn.example.test/mentoring"


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
def test_behind_nginx_under_a_path(served, listening, repository, tmp_path):
    """The example that is shipped, with this test's ports in it."""
    port, front = (
        served(
            LEARNING_RELATIONSHIPS_PUBLIC_URL=PUBLIC,
            LEARNING_RELATIONSHIPS_DEMO_ON_ANY_ADDRESS="true",
        ),
        free_port(),
    )
    example = (repository / "app" / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    site = (
        example.replace("127.0.0.1:8501", f"127.0.0.1:{port}")
        .replace("listen 443 ssl;", f"listen 127.0.0.1:{front};")
        .replace("learn.example.com", "learn.example.test")
    )
    site = "\n".join(line for line in site.splitlines() if "ssl_certificate" not in line)
    places = "".join(
        f"{name}_temp_path {tmp_path}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    configuration = tmp_path / "nginx.conf"
    configuration.write_text(
        f"daemon off; pid {tmp_path}/pid; error_log {tmp_path}/error.log; events {{}}"
        f"http {{ access_log off; {places}\n{site}\n}}",
        encoding="utf-8",
    )
    nginx = subprocess.Popen(["nginx", "-c", str(configuration), "-e", str(tmp_path / "error.log")])
    try:
        origin = {"Host": "learn.example.test"}
        deadline = time.monotonic() + 20
        while get(front, "/mentoring/_stcore/health", origin) != 200:
            assert time.monotonic() < deadline, (tmp_path / "error.log").read_text()
            time.sleep(0.2)
        assert get(front, "/mentoring/", origin) == 200
        stream = "/mentoring/_stcore/stream"
        assert upgrade(front, stream, **origin, Origin="http://learn.example.test") == 101
        assert upgrade(front, stream, **origin, Origin="https://elsewhere.example") == 403
    finally:
        nginx.terminate()
        nginx.wait(10)
    assert reached(listening) == []


def get(port, path, headers):
    asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0
