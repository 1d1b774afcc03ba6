"""What a turn of the machine brings about besides words on the line."""

from collections.abc import Callable
from datetime import datetime, timedelta

from heliodesk.telephony import facts
from heliodesk.telephony.actions.arriving import tell
from heliodesk.telephony.actions.deciding import call_back
from heliodesk.telephony.models import Call, CallBack, CallOffer
from heliodesk.telephony.rules import Effect, Route
from heliodesk.telephony.standing import recalled

#: An armed call-back is due after this, even if the telephone system never says that the caller
#: is gone.
_ARMED = timedelta(minutes=10)


def apply(effect: Effect, call: Call, at: datetime) -> None:
    """Bring an effect about."""
    _EFFECTS[effect](call, at)


def _p1_claimed(call: Call, at: datetime) -> None:
    """Kept from the key press: whatever happens to the line now, somebody calls back (G7)."""
    call.p1_answer = True
    CallBack.objects.get_or_create(
        call=call,
        defaults={"state": "armed", "reason": "cut_off", "urgent": True, "due_at": at + _ARMED},
    )
    tell("p1_claimed", call, at)


def _queued(call: Call, at: datetime) -> None:
    call.queued_at = at


def _offer_missed(call: Call, at: datetime) -> None:
    _settle(call, "missed", at)
    call.agent = None


def _settle(call: Call, state: str, at: datetime) -> None:
    CallOffer.objects.filter(call=call, state__in=["offered", "claimed"]).update(
        state=state, settled_at=at
    )


def _connected(call: Call, at: datetime) -> None:
    """Whoever is rung has the call; everybody else's pop goes."""
    call.connected_at = call.connected_at or at
    call.outcome = "p1" if recalled(call.standing).route is Route.P1 else "connected"
    offers = CallOffer.objects.select_for_update().filter(call=call)
    taken = offers.filter(state="claimed").first() or (
        offers.filter(state="offered").order_by("-rings", "-id").first()
    )
    if taken:
        offers.filter(state="offered").exclude(pk=taken.pk).update(state="withdrawn", settled_at=at)
        taken.state, taken.settled_at = "claimed", at
        taken.save()
        call.agent_id = taken.user_id
    CallBack.objects.filter(call=call, state__in=["armed", "due"]).exclude(
        reason="designated"
    ).update(state="cancelled")


def _call_back(call: Call, at: datetime) -> None:
    now = recalled(call.standing)
    asked = now.route in {Route.LIVE, Route.P1} and call.ended_at is None
    unplaced = now.route is Route.IDENTITY_P1
    reason = "verify" if unplaced else "asked" if asked else "cut_off"
    urgent = call.kind == "p1"
    _settle(call, "withdrawn", at)
    call_back(call, reason=reason, urgent=urgent, at=at)
    call.outcome = "callback"


def _abandoned(call: Call, at: datetime) -> None:
    """Gone before anybody answered: a P1 goes on without the caller, any other is missed."""
    _settle(call, "withdrawn", at)
    call.outcome = "callback" if call.kind == "p1" else "missed"
    if call.contact_id is None and call.account_id is None and call.caller:
        contact, account = facts.hinted(call.caller, at)
        if contact and account:
            call.contact_id, call.made_out_by = contact.id, "number"
            call.offshore = account.offshore
    if call.kind == "p1" and call.case_id is None and call.held_id is None:
        back = CallBack.objects.get(call=call)
        tell("p1_unplaced", call, at, caller=call.caller, held="", callback=back.pk)


def _fell_back(call: Call, at: datetime) -> None:
    """The telephone system rang everybody by itself: somebody talked, and we know no more."""
    call.outcome = "fallback"
    CallBack.objects.filter(call=call, state="armed").update(state="due", due_at=at)


def _ended(call: Call, at: datetime) -> None:
    route = recalled(call.standing).route
    if not call.outcome:
        call.outcome = {
            Route.WRITTEN: "written",
            Route.REFUSED: "refused",
            Route.IDENTITY: "identity",
        }.get(route or Route.LIVE, "missed")
    _settle_offered(call, at)


def _settle_offered(call: Call, at: datetime) -> None:
    CallOffer.objects.filter(call=call, state="offered").update(state="withdrawn", settled_at=at)


_EFFECTS: dict[Effect, Callable[[Call, datetime], None]] = {
    Effect.P1_CLAIMED: _p1_claimed,
    Effect.QUEUED: _queued,
    Effect.OFFER_MISSED: _offer_missed,
    Effect.CONNECTED: _connected,
    Effect.CALL_BACK: _call_back,
    Effect.ABANDONED: _abandoned,
    Effect.FELL_BACK: _fell_back,
    Effect.ENDED: _ended,
}
