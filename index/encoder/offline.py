"""Keeping the libraries from looking for anybody but this machine.

Each is told before it is imported, since each reads its environment once. `index` calls it,
because whatever starts the product (a command, a page, a program that embeds it) imports it first.
What somebody has set already is left alone.
"""

import os

HUB_OFFLINE = "HF_HUB_OFFLINE"

SETTINGS = {
    # onnxruntime from 1.29 on looks up a telemetry host and keeps a device id in the home folder
    "ORT_DISABLE_TELEMETRY": "1",
    # the hub is asked about a model that lies on this disk, and told who asks
    HUB_OFFLINE: "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    # Streamlit's page sends statistics from the reader's browser
    "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
}

_hub_was_set = bool(os.environ.get(HUB_OFFLINE))


def stay_offline() -> None:
    """Set what keeps the libraries from connecting, where nothing else is set."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)


def hub_is_forbidden() -> bool:
    """Return whether whoever runs this process has set the hub offline, not only this module."""
    return _hub_was_set and os.environ.get(HUB_OFFLINE, "").upper() in {"1", "ON", "YES", "TRUE"}
