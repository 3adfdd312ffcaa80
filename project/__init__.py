"""Settings, addresses, worker and server: wiring only; nothing imports it."""
