"""The demonstration sign-in stays on this machine by whichever door the pages were started."""

import os
import socket
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from app.store.migration import migrate
from tests.end_to_end.browser import new_context
from tests.end_to_end.conftest import Server, free_port

pytestmark = [pytest.mark.browser, pytest.mark.slow]


class Streamlit(Server):
    """`streamlit run app/main.py`, past our own command."""

    listens_on = "0.0.0.0"

    def start(self):
        self.port = free_port()
        options = {"port": self.port, "address": self.listens_on, "headless": "true"}
        flags = [f"--server.{name}={value}" for name, value in options.items()]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(self.folder / "app/main.py"), *flags],
            cwd=self.folder,
            env=os.environ
            | {
                "LEARNING_RELATIONSHIPS_INDEX": str(self.index_dir),
                "LEARNING_RELATIONSHIPS_STORE": self.store,
                "PYTHONPATH": str(self.folder),
            },
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.wait()
        return self


@pytest.fixture(params=["0.0.0.0", "127.0.0.1"])
def streamlit(request, small_index, repository, tmp_path):
    store = f"sqlite:///{tmp_path / 'store.sqlite'}"
    migrate(store)
    server = Streamlit(small_index, store, repository)
    server.listens_on = request.param
    yield server.start()
    server.stop()


def test_streamlits_own_command_is_no_way_around_the_guard(streamlit, browser):
    page = new_context(browser).new_page()
    picker = page.get_by_role("textbox", name="Who are you?")
    if streamlit.listens_on == "127.0.0.1":
        page.goto(streamlit.url)
        expect(picker).to_be_visible()
        # a name of a stranger's that was pointed at this machine
        page.goto(f"http://evil.localhost:{streamlit.port}")
        expect(page.get_by_text("this request called it")).to_be_visible()
    else:
        page.goto(streamlit.url)
        expect(page.get_by_text("does not serve '0.0.0.0'")).to_be_visible()
    expect(picker).to_have_count(0)


@pytest.mark.parametrize("address", ["localhost", "127.0.0.1", "127.0.0.2"])
def test_no_loopback_name_answers_to_a_strangers_name(new_server, small_index, address):
    server = new_server(index=small_index, address=address)
    own = f"{address}:{server.port}"
    assert stream(server, own) == 101
    assert stream(server, f"evil.example:{server.port}") in {400, 403}
    assert stream(server, f"127.0.0.1.evil.example:{server.port}") in {400, 403}


def stream(server, host):
    """Ask for the page's websocket as a page of `host` would; gives the status."""
    asked = {
        "Host": host, "Origin": f"http://{host}", "Connection": "Upgrade", "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }  # fmt: skip
    lines = "".join(f"{name}: {value}\r\n" for name, value in asked.items())
    with socket.create_connection((server.address, server.port), timeout=20) as connection:
        connection.sendall(f"GET /_stcore/stream HTTP/1.1\r\n{lines}\r\n".encode())
        return int(connection.recv(4096).split()[1])
