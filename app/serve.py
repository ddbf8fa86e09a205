"""Start the pages: Streamlit in the foreground, with a check of readiness beside it."""

import asyncio
import gc
import os
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from streamlit.starlette import App

from app.origins import KnownOrigins
from app.services.demonstration import LOOPBACK, LOOPBACK_NAMES, check_address, is_loopback
from app.services.settings import PREFIX, Settings, read_values
from app.views.parts import company
from app.views.parts.texts import say
from index.terminal import show
from recommender.errors import InputError, LearningRelationshipsError


def serve(index_dir: Path, port: int, address: str = LOOPBACK, store: str | None = None) -> int:
    """Check that index, store, address and port can be used, then serve until stopped.

    Args:
        index_dir: the index folder.
        port: where to listen.
        address: the address to listen on; the demonstration sign-in serves loopback only.
        store: the store's address; where None, the setting, or a SQLite file beside the index.

    Raises:
        SnapshotError: there is no index in `index_dir`, or it is damaged.
        StoreError: the store cannot be opened.
        InputError: a setting is wrong, or the port is taken.
        NotAllowedError: the demonstration sign-in would be reachable from elsewhere.
    """
    index_dir = index_dir.resolve()
    os.environ[f"{PREFIX}INDEX"] = str(index_dir)
    if store:
        os.environ[f"{PREFIX}STORE"] = store
    elif "store" not in read_values(os.environ):
        os.environ[f"{PREFIX}STORE"] = f"sqlite:///{index_dir}.sqlite"
    settings = company.settings()
    check_address(address, settings)
    if settings.public_url:  # who is on loopback behind a proxy is not on loopback
        check_address(str(urlsplit(settings.public_url).hostname), settings)
    _check_sign_in(settings)
    snapshot = company.current_snapshot()
    company.services()
    _check_port(address, port)
    show(
        f"learning-relationships: {len(snapshot.people)} people, http://{address}:{port}",
        flush=True,
    )
    if settings.reader:
        show(
            f"goals are sent to {settings.reader.host}, to be read by {settings.reader.model} "
            "(setting [reader]); the page says so before one is typed",
            flush=True,
        )
    page = Path(__file__).parent / "main.py"
    options = _streamlit_options(address, port) | _public_options(settings.public_url)
    if is_loopback(address):
        # a page elsewhere whose name is pointed at this machine must not reach it
        own = [urlsplit(settings.public_url).hostname] if settings.public_url else []
        options["server.allowedHosts"] = [*LOOPBACK_NAMES, address.strip("[]"), *own]
    pages = App(
        page,
        routes=[Route("/ready", _ready)],
        middleware=[Middleware(KnownOrigins, origins=_origins(settings.public_url))],
        lifespan=_warm_up,
        on_script_error=_apologise,
    )
    pages.run(config=options)
    return 0


def _origins(public_url: str) -> list[str]:
    """Return the origin that a browser names where pages are opened at `public_url`."""
    parts = urlsplit(public_url)
    return [f"{parts.scheme}://{parts.netloc}".lower()] if public_url else []


def _public_options(public_url: str) -> dict[str, object]:
    """Set in Streamlit where people open its pages, behind a proxy."""
    if not public_url:
        return {}
    parts = urlsplit(public_url)
    return {
        "browser.serverAddress": parts.hostname,
        "browser.serverPort": parts.port or (443 if parts.scheme == "https" else 80),
        "server.baseUrlPath": parts.path.strip("/"),
        "server.corsAllowedOrigins": _origins(public_url),
    }


def _streamlit_options(address: str, port: int) -> dict[str, object]:
    return {
        "server.address": address,
        "server.port": port,
        "server.headless": True,
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": False,
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",
        "logger.hideWelcomeMessage": True,
        "logger.enableRich": False,
        # Streamlit would walk the whole heap after each run of a page: a third of a search's time
        "runner.postScriptGC": False,
    }


@asynccontextmanager
async def _warm_up(_: App) -> AsyncGenerator[None, None]:
    warming = asyncio.get_running_loop().run_in_executor(None, company.check_ready)
    warming.add_done_callback(_settle)
    yield


def _apologise(_: Exception) -> bool:
    st.error(say("error.page"))
    return True


def _settle(warmed: asyncio.Future[str]) -> None:
    """Leave what was loaded at the start out of every later collection of garbage."""
    if warmed.exception() is None:
        gc.collect()
        gc.freeze()


async def _ready(_: Request) -> JSONResponse:
    """Whether a goal could be answered; `/_stcore/health` says only that the server lives."""
    try:
        snapshot_id = await asyncio.to_thread(company.check_ready)
    except LearningRelationshipsError as error:
        return JSONResponse({"ready": False, "says": str(error)}, status_code=503)
    return JSONResponse({"ready": True, "snapshot": snapshot_id})


def _check_sign_in(settings: Settings) -> None:
    if settings.sign_in == "oidc" and find_spec("authlib") is None:
        raise InputError(
            "signing people in needs the library Authlib, which a plain install does not bring: "
            "pip install 'learning-relationships[auth]'"
        )


def _check_port(address: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            raise InputError(
                f"port {port} of {address} cannot be used, it may be taken; "
                f"choose another: make app PORT={port + 1}"
            ) from None
