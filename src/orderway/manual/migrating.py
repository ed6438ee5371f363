"""Migration of running orders on a page: which stage is which, what would happen to each order, and then the act, batch by batch.

What can move and how is `orders.migration`'s to say; nothing is changed before somebody says why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orderway.engine.refusals import Refusal
from orderway.manual import asking
from orderway.manual.reader import frame
from orderway.orders import migration
from orderway.orders.migration import Outlook
from orderway.orders.models import Order
from orderway.pages import refusing
from orderway.pages.guarding import needs
from orderway.pages.standard_view import role, stage_title
from orderway.releases import control
from orderway.releases.models import Version
from orderway.releases.publishing import program_of
from orderway.standard.document import Standard
from orderway.standard.stage_map import Mapped, stage_map

NO_PLACE = "-"
MAP = "map."


@dataclass(frozen=True, slots=True)
class Source:
    """Another version of the standard, and how many orders run by it."""

    version: Version
    running: int


@dataclass(frozen=True, slots=True)
class Row:
    """A stage of the old version, where it leads, and whether somebody said so."""

    stage: str
    title: str
    mapped: Mapped
    target: str
    kind: str


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of one order, in words."""

    number: str
    address: str
    outcome: str
    stands: str
    becomes: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """What the page is about: from where, to where, and what was corrected in the map by hand."""

    source: Version
    old: Standard
    target: Version
    new: Standard
    by_hand: Mapping[str, str]


@needs("standard.read")
@require_safe
def look(request: HttpRequest, standard_id: str, version: str) -> HttpResponse:
    """The map and the dry run."""
    return _page(request, standard_id, version, request.GET)


@needs("standard.migrate")
@require_POST
def act(request: HttpRequest, standard_id: str, version: str) -> HttpResponse:
    """Migrate the next orders; the answer says what became of them and goes on with those after them."""
    target, new = asking.version_of(standard_id, version)
    way = _way(target, new, sources(target), request.POST)
    if way is None:
        raise Http404
    after, reason = _whole_number(request.POST, "after"), request.POST.get("reason", "").strip()[:500]
    orders = migration.running(way.source).filter(pk__gt=after)
    batch = list(orders.values_list("pk", "number")[: migration.BATCH])
    try:
        control.require(new, asking.person_of(request), "standard.migrate")
        numbers = [number for _pk, number in batch]
        found = migration.migrate(numbers, way.source, target, way.by_hand, reason=reason, actor=asking.actor_of(request), now=asking.now())
    except Refusal as refusal:
        return _page(request, standard_id, version, request.POST, refusal)
    last = batch[-1][0] if batch else after
    moved = _whole_number(request.POST, "moved") + sum(one.refusal is None for one in found)
    stayed = _whole_number(request.POST, "stayed") + sum(one.refusal is not None for one in found)
    left = migration.running(way.source).filter(pk__gt=last).count()
    context = {
        "lines": list(_lines(way, found)),
        "after": last,
        "moved": moved,
        "stayed": stayed,
        "done": moved + stayed,
        "left": left,
        "total": moved + stayed + left,
        "reason": reason,
        "sent": _carried(way),
        "source": way.source,
    }
    if request.headers.get("HX-Request"):
        return render(request, "manual/parts/migrated.html", {**context, "version": target, "standard": new})
    return render(request, "manual/migrated.html", {**context, **frame(target, new)})


def sources(target: Version) -> list[Source]:
    """The other versions of the standard by which orders run, most orders first; one statement."""
    counted = Version.objects.filter(standard_id=target.standard_id).exclude(pk=target.pk).defer("document", "source")
    running = Order.objects.filter(status=Order.Status.OPEN, version__standard_id=target.standard_id)
    numbers = dict(running.order_by().values_list("version").annotate(n=Count("pk")))
    found = [Source(version, numbers[version.pk]) for version in counted if version.pk in numbers]
    return sorted(found, key=lambda one: (-one.running, one.version.pk))


def _page(request: HttpRequest, standard_id: str, version: str, asked: QueryDict, refusal: Refusal | None = None) -> HttpResponse:
    target, new = asking.version_of(standard_id, version)
    if target.status == Version.Status.DRAFT:
        raise Http404
    others = sources(target)
    way = _way(target, new, others, asked)
    context = {
        "sources": others,
        "way": way,
        "in_force": target.status == Version.Status.EFFECTIVE,
        "may": control.may(new, asking.person_of(request), "standard.migrate"),
        "owner": role(new, new.owner),
        "reason": asked.get("reason", ""),
        "refused": _sentence(way, refusal) if refusal else "",
        **frame(target, new),
        **(_dry_run(way, asked) if way else {}),
    }
    return render(request, "manual/migration.html", context, status=refusing.status(refusal) if refusal else 200)


def _way(target: Version, new: Standard, others: Sequence[Source], asked: QueryDict) -> Way | None:
    """From the version that was asked for, else from the one by which most orders run; None if none does by any."""
    wanted = asked.get("from", "")
    source = next((one.version for one in others if not wanted or one.version.version == wanted), None)
    if source is None and wanted:
        source = Version.objects.filter(standard_id=target.standard_id, version=wanted).exclude(pk=target.pk).first()
        if source is None:
            raise Http404
    if source is None:
        return None
    old = program_of(source.pk, source.content_hash).standard
    return Way(source, old, target, new, _by_hand(old, new, asked))


def _by_hand(old: Standard, new: Standard, asked: QueryDict) -> Mapping[str, str]:
    """What the form says otherwise than the generated map does."""
    found: dict[str, str] = {}
    for row in stage_map(old, new).rows:
        said = asked.get(f"{MAP}{row.stage}")
        if said is not None and said != (row.target or NO_PLACE):
            found[row.stage] = "" if said == NO_PLACE else said
    return found


def _dry_run(way: Way, asked: QueryDict) -> dict[str, object]:
    after = _whole_number(asked, "after") if asked.get("page") else 0
    context: dict[str, object] = {
        "rows": [row for row in _rows(way) if row.mapped.kind != "unchanged"],
        "same": [row for row in _rows(way) if row.mapped.kind == "unchanged"],
        "stages": [(stage, stage_title(way.new, stage)) for stage in way.new.stages_in_flow()],
        "sent": _carried(way),
    }
    try:
        found = migration.foresee(way.source, way.target, way.by_hand, after=after)
    except Refusal as refusal:
        return {**context, "misfit": _sentence(way, refusal)}
    running = migration.running(way.source)
    last = found[-1].order_id if found else after
    counts = Counter(one.outcome for one in found)
    return {
        **context,
        "lines": list(_lines(way, found)),
        "running": running.count(),
        "looked": len(found),
        "last": last,
        "kept": counts["kept"],
        "again": counts["again"],
        "stays": counts["stays"],
        "further": running.filter(pk__gt=last).exists(),
        "added": [stage_title(way.new, stage) for stage in stage_map(way.old, way.new, way.by_hand).added],
    }


def _rows(way: Way) -> Iterator[Row]:
    kinds = {
        "unchanged": _("unchanged"),
        "changed": _("reworded"),
        "moved": _("moved"),
        "renamed": _("renamed"),
        "removed": _("removed"),
    }
    for one in stage_map(way.old, way.new, way.by_hand).rows:
        yield Row(one.stage, stage_title(way.old, one.stage), one, one.target or NO_PLACE, kinds[one.kind])


def _lines(way: Way, found: Sequence[Outlook]) -> Iterator[Line]:
    for one in found:
        stands = _(", ").join(stage_title(way.old, stage) for stage in one.stands)
        becomes = _(", ").join(stage_title(way.new, stage) for stage in one.targets)
        address = reverse("order", args=[one.number])
        yield Line(one.number, address, one.outcome, stands, becomes if becomes != stands else "", tuple(_notes(way, one)))


def _notes(way: Way, one: Outlook) -> Iterator[str]:
    if one.refusal is not None:
        yield _sentence(way, one.refusal)
    if one.again:
        yield _("Passes again: %(stages)s") % {"stages": _titles(way.new, one.again)}
    if one.unpassed:
        yield _("Not passed under the new version: %(stages)s") % {"stages": _titles(way.new, one.unpassed)}


def _titles(standard: Standard, stages: Sequence[str]) -> str:
    return _(", ").join(stage_title(standard, stage) for stage in stages)


def _carried(way: Way) -> list[tuple[str, str]]:
    """What the next request has to say again."""
    return [("from", way.source.version), *((f"{MAP}{stage}", target or NO_PLACE) for stage, target in way.by_hand.items())]


def _sentence(way: Way | None, refusal: Refusal) -> str:
    def words(name: str, value: str) -> str:
        if way is None:
            return value
        if name in ("role", "roles", "who"):
            return role(way.old, value)
        if name in ("stage", "stages"):
            return stage_title(way.old if value in way.old.stages else way.new, value)
        return value

    return refusing.sentence(refusal, words)


def _whole_number(asked: QueryDict, name: str) -> int:
    text = asked.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 16 else 0


urlpatterns = [
    path("<slug:standard_id>/<str:version>/migration", look, name="standard_migration"),
    path("<slug:standard_id>/<str:version>/migrate", act, name="standard_migrate"),
]
