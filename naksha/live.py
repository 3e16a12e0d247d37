"""Saying "look" to open pages. The database is the truth: a message that is lost costs a reload, nothing more."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import redis
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.conf import settings
from django.db import transaction
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from naksha.outage import Outage

outage = Outage("channel layer")


def push(group: str, message: dict[str, Any]) -> None:
    """Send ``message`` (JSON-able, with its ``type``) to the consumers of ``group`` when the transaction commits.

    For synchronous code. A channel layer that is away is logged and forgiven; every other error is raised.
    """
    transaction.on_commit(lambda: _send(group, message))


def _send(group: str, message: dict[str, Any]) -> None:
    layer = get_channel_layer()
    if layer is None or not outage.worth_asking:
        return
    try:
        if isinstance(layer, RedisPubSubChannelLayer) and len(_hosts()) == 1:
            _publish(layer, group, message)
        else:
            async_to_sync(layer.group_send)(group, message)
    except (RedisError, ConnectionError, TimeoutError) as error:
        outage.began(error)
    else:
        outage.ended()


def _hosts() -> list[Any]:
    hosts: list[Any] = settings.CHANNEL_LAYERS["default"].get("CONFIG", {}).get("hosts", [])
    return hosts


def _publish(layer: RedisPubSubChannelLayer, group: str, message: dict[str, Any]) -> None:
    """As the layer's own group_send, over a connection that is kept: the layer would make one for each call, because
    each call from synchronous code has an event loop of its own."""
    prefix = settings.CHANNEL_LAYERS["default"]["CONFIG"].get("prefix", "asgi")
    host = dict(_hosts()[0])
    server = _server(host.pop("address"), tuple(sorted(host.items())))
    server.publish(f"{prefix}__group__{group}", layer.serialize(message))


@lru_cache(maxsize=4)
def _server(address: str, options: tuple[tuple[str, Any], ...]) -> redis.Redis:
    """Kept, because making a client costs more than a publish."""
    return redis.Redis.from_url(address, **{"socket_timeout": 1.0, "retry": Retry(NoBackoff(), 0), **dict(options)})
