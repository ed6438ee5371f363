"""The list and the page of every kind of master: look, add, change, close. Everything else about a kind stands in its form and listing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from orderway.engine.refusals import Mistake, Refusal
from orderway.masterdata import keeping
from orderway.pages import lists, refusing
from orderway.pages.guarding import needs
from orderway.pages.lists import Listing
from orderway.web import acting
from orderway.web.masters import standing
from orderway.web.masters.forms import MasterForm
from orderway.web.masters.history import history

TABS = (
    ("masters", gettext_lazy("Customers")),
    ("items", gettext_lazy("Items")),
    ("price_lists", gettext_lazy("Price lists")),
    ("tax_categories", gettext_lazy("Tax categories")),
    ("suppliers", gettext_lazy("Suppliers")),
    ("warehouses", gettext_lazy("Warehouses")),
    ("company", gettext_lazy("Our company")),
)
READ = "master.read"


@dataclass(frozen=True, slots=True)
class Card:
    """Something beside the form of a master: a template and what it shows."""

    title: object
    template: str
    content: Mapping[str, object]


def _no_cards(row: Model, request: HttpRequest) -> Sequence[Card]:
    return ()


@dataclass(frozen=True, slots=True)
class Screen:
    """One kind of master. `name` is that of its list; `apart` the right about the fields that the form keeps apart."""

    name: str
    address: str
    one: object
    new: object
    form: type[MasterForm]
    listing: Callable[[], Listing]
    right: str = standing.MASTER
    apart: str = ""
    cards: Callable[[Model, HttpRequest], Sequence[Card]] = _no_cards

    @property
    def kind(self) -> keeping.Kind:
        """What it keeps."""
        return self.form.kind

    @property
    def rights(self) -> tuple[str, ...]:
        """The rights of which one opens the form."""
        return (self.right, self.apart) if self.apart else (self.right,)

    def page_of(self, row: Model) -> str:
        """The address of one of them."""
        return reverse(f"{self.name}_one", args=[keeping.key_of(self.kind, row)])

    def closed(self, request: HttpRequest) -> frozenset[str]:
        """The fields that this person may see but not change."""
        names = frozenset(self.form.base_fields)
        common = frozenset() if standing.may(request, self.right) else names - self.form.apart
        apart = frozenset() if not self.apart or standing.may(request, self.apart) else self.form.apart
        return common | apart

    def urls(self) -> list[URLPattern]:
        """Its list, the empty form, and the page of one."""
        return [
            path(self.address, needs(READ)(require_safe(self._list)), name=self.name),
            path(f"{self.address}new", needs(self.right)(require_http_methods(["GET", "POST"])(self._new)), name=f"{self.name}_new"),
            path(f"{self.address}of/<path:key>", needs(READ)(require_http_methods(["GET", "POST"])(self._one)), name=f"{self.name}_one"),
        ]

    def _list(self, request: HttpRequest) -> HttpResponseBase:
        return lists.show(
            request, self.listing(), new=(reverse(f"{self.name}_new"), self.new) if standing.may(request, self.right) else None
        )

    def _new(self, request: HttpRequest) -> HttpResponseBase:
        closed = self.closed(request)
        try:
            standing.require(request, self.right)
        except Refusal as refusal:
            return refusing.response(request, refusal)
        form = self.form(request.POST or None, closed=closed)
        if request.method == "POST" and form.is_valid():
            try:
                row = keeping.create(self.kind, form.values(), by=acting.person_of(request).key, now=acting.now())
            except Mistake as mistake:
                form.add_error(mistake.field, refusing.sentence(mistake))
            else:
                messages.success(request, _("Created."))
                return redirect(self.page_of(row))
        return render(request, "web/masters/one.html", {"screen": self, "tabs": TABS, "form": form}, status=_status(form))

    def _one(self, request: HttpRequest, key: str) -> HttpResponseBase:
        row = self.kind.model._default_manager.filter(**{self.kind.key: key}).first()
        if row is None:
            raise Http404
        return edit(request, self, row)


def edit(request: HttpRequest, screen: Screen, row: Model) -> HttpResponse:
    """The page of one master; what was typed stays if it cannot be saved."""
    closed, refused, stamp = screen.closed(request), "", keeping.stamp(row)
    form = screen.form(request.POST or None, row=row, closed=closed)
    if request.method == "POST" and form.is_valid():
        try:
            standing.require(request, *screen.rights)
            seen, by = request.POST.get("stamp", ""), acting.person_of(request).key
            keeping.edit(screen.kind, row, form.values(), seen=seen, by=by, now=acting.now())
        except Refusal as refusal:
            refused = refusing.sentence(refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect(request.path)
    context = {
        "screen": screen,
        "tabs": TABS,
        "row": row,
        "key": keeping.key_of(screen.kind, row),
        "form": form,
        "stamp": stamp,
        "refused": refused,
        "now_there": _now_there(screen, row, form) if refused else (),
        "open": closed < frozenset(form.fields),
        "cards": screen.cards(row, request),
        "history": history(screen.kind.subject, keeping.key_of(screen.kind, row), form),
    }
    return render(request, "web/masters/one.html", context, status=refusing.CONFLICT if refused else _status(form))


def _now_there(screen: Screen, row: Model, form: MasterForm) -> list[tuple[str, object]]:
    """What stands in the fields in which the form says something else."""
    typed = form.values() if form.is_valid() else {}
    there = keeping.values_of(row)
    said = keeping.values_of(screen.kind.model(**{**{each.name: getattr(row, each.name) for each in row._meta.concrete_fields}, **typed}))
    return [(form.title_of(name), value) for name, value in there.items() if value != said[name]]


def _status(form: MasterForm) -> int:
    return refusing.UNPROCESSABLE if form.is_bound and form.errors else 200
