"""The base of every endpoint: the envelope of what goes well, and conditional GETs of what is public."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from naksha.api import paging
from naksha.api.errors import VALIDATION, ApiError
from naksha.api.idempotency import once
from naksha.web import etags

JSON, ANYTHING = "application/json", "*/*"


class ApiView(APIView):
    """Views fetch, authorise, call a service, and answer with :meth:`ok` or :meth:`page`."""

    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    public_cache = False  # whether a GET carries an ETag and answers 304
    copies = "public, max-age=0, must-revalidate"  # who may keep one of such an answer, and how
    idempotent: ClassVar[frozenset[str]] = frozenset()  # the methods that take an Idempotency-Key
    in_steps = False  # whether such work asks another machine and commits on the way (naksha.api.idempotency)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Where there is a PUT there is a PATCH. An act has no part that could be left out: it is done by either."""
        super().__init_subclass__(**kwargs)
        act = getattr(cls, "put", None)
        if act is not None and not hasattr(cls, "patch"):
            cls.patch = act  # type: ignore[attr-defined]

    def ok(self, data: Any = None, message: str = "", *, status: int = 200) -> Response:
        return Response({"message": message, "data": data}, status=status)

    def page(
        self, name: str, rows: QuerySet[Any] | Sequence[Any], serializer: type[BaseSerializer[Any]], **context: Any
    ) -> Response:
        """One page of ``rows`` under ``name``, as ``serializer`` words each."""
        found, pagination = paging.page_of(self.request, rows)
        many = serializer(found, many=True, context={"request": self.request, **context})
        return Response({"message": "", "data": {name: many.data, "pagination": pagination}})

    def worded(self, name: str, rows: Sequence[bytes], pagination: dict[str, Any]) -> HttpResponse:
        """As :meth:`page`, of rows that are JSON already."""
        body = b'{"message":"","data":{"%b":[%b],"pagination":%b}}' % (
            name.encode(),
            b",".join(rows),
            JSONRenderer().render(pagination),
        )
        return HttpResponse(body, content_type=JSON)

    def checked(self, serializer: type[BaseSerializer[Any]], **kwargs: Any) -> Any:
        """The body as ``serializer`` takes it. Raises a 400 that names each wrong field."""
        taken = serializer(data=self.request.data, context={"request": self.request}, **kwargs)
        taken.is_valid(raise_exception=True)
        return taken.validated_data

    def filters(self, serializer: type[BaseSerializer[Any]]) -> dict[str, Any]:
        """The filters of the address, as ``serializer`` takes them; one that is left empty is none. Raises a 400 that
        names each wrong one. Names that it does not know are others' business (``page``, ``ordering``)."""
        known = serializer().fields  # type: ignore[attr-defined]
        given = {name: value for name, value in self.request.query_params.items() if name in known and value}
        taken = serializer(data=given, context={"request": self.request})
        taken.is_valid(raise_exception=True)
        return dict(taken.validated_data)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """What most apps send is looked at before it is taken apart."""
        if request.META.get("HTTP_ACCEPT", ANYTHING) in (JSON, ANYTHING) and self.renderer_classes == [JSONRenderer]:
            return JSONRenderer(), JSON
        return super().perform_content_negotiation(request, force)

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        method = str(request.method).lower()
        handle = getattr(self, method, None)
        if handle is None:
            return

        def handled(*a: Any, **k: Any) -> Any:
            if not getattr(handle, "takes_body", True):
                refuse_body(request)
            return handle(*a, **k)

        def keyed(*a: Any, **k: Any) -> Any:
            return once(request, lambda: handled(*a, **k), in_steps=self.in_steps)

        once_only = method in self.idempotent  # whether it is another request under a known key is asked first
        setattr(self, method, keyed if once_only else handled)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if self.public_cache and request.method in ("GET", "HEAD") and response.status_code == 200:
            response.render()
            response["ETag"] = tag = f'W/"{hashlib.sha256(response.content).hexdigest()[:32]}"'
            response["Cache-Control"] = self.copies
            patch_vary_headers(response, ["Authorization"])
            if etags.has(request._request, tag):
                response.status_code = 304
                response.content = b""
        return response


def refuse_body(request: Request) -> None:
    """Raises a 400 that names each field of a body that is sent where none is taken. An empty object is none."""
    given = request.data if request.META.get("CONTENT_LENGTH") else None
    if given is None or given == {}:
        return
    names = list(given) if isinstance(given, dict) else []
    wrong = {str(name): [_("There is no such field.")] for name in names}
    details = wrong or {"nonFieldErrors": [_("This takes no body.")]}
    raise ApiError(VALIDATION, 400, _("Some of this is not right."), details=details)


class FileView(ApiView):
    """Answers with a file, whatever media type is asked for. Its errors are JSON all the same."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        return super().perform_content_negotiation(request, force=True)
