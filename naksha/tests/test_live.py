"""What a worker thread sends reaches a waiting consumer at once; a dead layer is forgiven."""

import asyncio
import threading
import time

import pytest
from asgiref.sync import async_to_sync
from structlog.testing import capture_logs

from naksha import live
from naksha.embedded.layers import LoopBoundInMemoryLayer
from naksha.outage import Outage


async def test_a_threads_group_send_wakes_the_receiver_at_once():
    layer = LoopBoundInMemoryLayer()
    channel = await layer.new_channel()
    await layer.group_add("day", channel)
    waiting = asyncio.create_task(layer.receive(channel))
    await asyncio.sleep(0.01)
    sent_at = []

    def work():
        sent_at.append(time.monotonic())
        async_to_sync(layer.group_send)("day", {"type": "look"})

    thread = threading.Thread(target=work)
    thread.start()
    assert await asyncio.wait_for(waiting, 2) == {"type": "look"}
    assert time.monotonic() - sent_at[0] < 0.5
    await asyncio.to_thread(thread.join)


def test_a_closed_loop_gives_way_to_the_next():
    layer = LoopBoundInMemoryLayer()

    async def round_trip():
        await layer.send("specific.a", {"n": 1})
        return await layer.receive("specific.a")

    assert asyncio.run(round_trip()) == {"n": 1}
    assert asyncio.run(round_trip()) == {"n": 1}


@pytest.mark.django_db(transaction=True)
def test_a_dead_channel_layer_is_logged_and_forgiven(settings, unused_tcp_port, monkeypatch):
    monkeypatch.setattr(live, "outage", Outage("channel layer"))
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [{"address": f"redis://127.0.0.1:{unused_tcp_port}/0", "socket_connect_timeout": 0.5}]},
        }
    }
    started = time.monotonic()
    with capture_logs() as lines:
        live.push("day", {"type": "look"})
        live.push("day", {"type": "look"})
    assert time.monotonic() - started < 1.5
    assert [line["event"] for line in lines] == ["service_down"]
