"""Who is in the conversation beside a session: its members, and the place that each visitor has among them."""

from __future__ import annotations

from django.db.models import UUIDField

from naksha.kept import Kept, Param
from sessions_app.access import Visitor
from sessions_app.models import Conversation, Member, Session, Side

PRESENT_SECONDS = 45  # for which who was seen is taken to be there


def conversation_of(session: Session) -> Conversation:
    """The conversation beside ``session``, made when it is first asked for, once."""
    return Conversation.objects.get_or_create(session=session)[0]


_CONSULTANT = Kept(
    lambda: Member.objects.select_related("conversation").filter(
        side=Side.CONSULTANT, conversation__session=Param("session", UUIDField())
    )
)
_CLIENT = Kept(
    lambda: Member.objects.select_related("conversation").filter(
        client=Param("client", UUIDField()), conversation__session=Param("session", UUIDField())
    )
)


def join_member(visitor: Visitor) -> Member:
    """``visitor``'s place in the conversation, made on the first visit, once; its conversation comes with it."""
    if visitor.client is None:
        member = _CONSULTANT.first(session=visitor.session.pk)
    else:
        member = _CLIENT.first(session=visitor.session.pk, client=visitor.client.pk)
    if member is None:
        conversation = conversation_of(visitor.session)
        member = Member.objects.get_or_create(conversation=conversation, side=visitor.side, client=visitor.client)[0]
    member.conversation.session, member.client = visitor.session, visitor.client
    return member
