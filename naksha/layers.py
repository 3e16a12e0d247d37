"""The channel layer over Redis. It keeps nothing: what is said while its line to Redis is cut is lost. So it tells of
each time that it was cut and is back, and who listens asks the database for all that may have been missed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from channels_redis.pubsub import RedisPubSubChannelLayer, RedisSingleShardConnection
from redis.asyncio.client import PubSub

# Called on the loop of the layer's consumers, after each group is subscribed to again.
when_back: list[Callable[[], None]] = []


class _Line(PubSub):
    async def on_connect(self, connection: Any) -> None:
        """Never for the first connection, which the client has before it is told to call this."""
        await super().on_connect(connection)  # type: ignore[no-untyped-call]
        for tell in when_back:
            tell()


class _Shard(RedisSingleShardConnection):  # type: ignore[misc]
    _pubsub: Any
    _redis: Any

    def _ensure_redis(self) -> None:
        super()._ensure_redis()
        if not isinstance(self._pubsub, _Line):
            self._pubsub = _Line(self._redis.connection_pool)


class RedisLayer(RedisPubSubChannelLayer):  # type: ignore[misc]
    def _get_layer(self) -> Any:
        layer = super()._get_layer()
        if not isinstance(layer._shards[0], _Shard):
            layer._shards = [_Shard(shard.host, layer) for shard in layer._shards]
        return layer
