"""The employee's doors: pages, terminal, and the store of requests and availability."""
