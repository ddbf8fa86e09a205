"""The employee's doors: pages, terminal, and the store of requests and availability."""

import index  # noqa: F401 (sets what keeps Streamlit from connecting, before it is imported)
