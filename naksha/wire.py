"""``python -m naksha.wire``: the process that holds live connections, and how any of ours speaks WebSocket."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

CLOSE_SECONDS = 10.0  # for the other side to answer a close
PINGS_A_MINUTE = 100
MOST_PARTS = 64  # of one message
UNREAD_BYTES = 256 * 1024  # pongs that nobody reads


class Line(WebSocketsSansIOProtocol):
    """uvicorn's protocol, which lets go of a peer that reads nothing. Its own waits for the buffer to empty first."""

    async def run_asgi(self) -> None:
        self.scope["abort"] = self.transport.abort  # type: ignore[typeddict-unknown-key]
        await super().run_asgi()

    async def send(self, message: Any) -> None:
        await super().send(message)
        if message["type"] == "websocket.close":
            self.loop.call_later(CLOSE_SECONDS, self.transport.abort)

    def handle_ping(self) -> None:
        super().handle_ping()
        now = self.loop.time()
        minute, pings = getattr(self, "pings", (now, 0))
        self.pings = (minute, pings + 1) if now - minute < 60 else (now, 1)
        if pings >= PINGS_A_MINUTE or self.transport.get_write_buffer_size() > UNREAD_BYTES:
            self.transport.abort()

    def handle_cont(self, event: Frame) -> None:
        super().handle_cont(event)
        if len(self.frames) > MOST_PARTS:  # empty ones add nothing to the size, which is all that is capped
            self.transport.abort()

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self.loop.call_later(CLOSE_SECONDS, self.transport.abort)


# Frames of 64 KB at most, counted after unpacking; and no packing, which would keep tables for each connection.
WEBSOCKETS: dict[str, Any] = {
    "ws": Line,
    "ws_max_size": 64 * 1024,
    "ws_per_message_deflate": False,
    "ws_ping_interval": 20.0,
    "ws_ping_timeout": 20.0,
}


def main(run: Callable[..., None] = uvicorn.run) -> None:
    """Serve live connections until TERM. HOST and PORT say where."""
    run(
        "naksha.live_asgi:application",
        host=os.environ.get("HOST", "127.0.0.1"),
        port=int(os.environ.get("PORT", "8001")),
        lifespan="off",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        log_level="warning",
        timeout_graceful_shutdown=10,
        **WEBSOCKETS,
    )


if __name__ == "__main__":
    main()
