"""My training: courses and what is due, lessons made from the stages. Papers, people and practice have pages of their own."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST, require_safe

from orderway.engine.refusals import Refusal
from orderway.pages import refusing
from orderway.pages.guarding import needs
from orderway.pages.standard_view import role as role_title
from orderway.pages.standard_view import stage_title, stage_view
from orderway.releases.models import Version
from orderway.releases.publishing import program_of
from orderway.training import asking, certificate_pages, certifying, paper_pages, skills_pages
from orderway.training.courses import Course, courses_of
from orderway.training.models import Attempt, Certificate
from orderway.training.practice import pages as practice_pages
from orderway.training.practice import planting, practising
from orderway.training.standings import standard_of

SHOWN_PAPERS = 10


@needs("training.read")
@require_safe
def training(request: HttpRequest) -> HttpResponse:
    """My courses, those with something due first; my certificates and papers."""
    person, now = asking.person_of(request), asking.now()
    found = courses_of(person, now=now)
    papers = Attempt.objects.filter(person=person, finished_at__isnull=False).select_related("version").defer("version__document")
    certificates = Certificate.objects.filter(person=person).select_related("version").defer("version__document", "version__source")
    practised = practising.practised(person, [course.version for course in found])
    context = {
        "courses": [
            (course, role_title(course.standard, course.role), practised.get((course.version.pk, course.role))) for course in found
        ],
        "called": any(course.called or course.to_read for course in found),
        "papers": [(one, role_title(standard_of(one.version), one.role)) for one in papers[:SHOWN_PAPERS]],
        "certificates": [(one, role_title(standard_of(one.version), one.role)) for one in certificates[:SHOWN_PAPERS]],
        "today": localdate(now),
    }
    return render(request, "training/training.html", context)


@needs("training.read")
@require_safe
def course(request: HttpRequest, standard_id: str, version: str, role: str) -> HttpResponse:
    """One course: its lessons, how I stand to each, and what comes next."""
    return _course_page(request, asking.course_of(request, standard_id, version, role))


@needs("training.take")
@require_POST
def begin(request: HttpRequest, standard_id: str, version: str, role: str) -> HttpResponse:
    """Begin a paper, or go on with the open one."""
    found = asking.course_of(request, standard_id, version, role)
    try:
        attempt = certifying.begin(found.version, role, person=asking.person_of(request), now=asking.now())
    except Refusal as refusal:
        return _course_page(request, found, refusal)
    return redirect("paper", attempt.pk)


@needs("training.take")
@require_POST
def practise(request: HttpRequest, standard_id: str, version: str, role: str) -> HttpResponse:
    """Begin a practice order, or go on with the open one."""
    found = asking.course_of(request, standard_id, version, role)
    try:
        practice = practising.begin(found.version, role, person=asking.person_of(request), now=asking.now())
    except Refusal as refusal:
        return _course_page(request, found, refusal)
    return redirect("practice", practice.pk)


@needs("training.read")
@require_safe
def lesson(request: HttpRequest, standard_id: str, version: str, role: str, stage: str) -> HttpResponse:
    """One lesson: a stage with its steps, key points and reasons, its gate, papers and tables."""
    found = asking.course_of(request, standard_id, version, role)
    order = [one.stage.id for one in found.lessons]
    if stage not in order:
        raise Http404
    at = order.index(asking.stage_of(found.standard, stage).id)
    here = found.lessons[at]
    context = {
        "stage": stage_view(found.standard, here.stage, here.number),
        "state": here.state,
        "at": at + 1,
        "before": order[at - 1] if at else "",
        "after": order[at + 1] if at + 1 < len(order) else "",
        **frame(found),
    }
    return render(request, "training/lesson.html", context)


def frame(found: Course) -> dict[str, object]:
    """What every page of a course shows."""
    title = role_title(found.standard, found.role)
    return {"course": found, "version": found.version, "standard": found.standard, "role_title": title, "coming": found.version.planned_on}


def _course_page(request: HttpRequest, found: Course, refusal: Refusal | None = None) -> HttpResponse:
    def words(name: str, value: str) -> str:
        return role_title(found.standard, value) if name == "role" else stage_title(found.standard, value) if name == "stage" else value

    again = certifying.waits_until(asking.person_of(request), found.version, found.role)
    practised = practising.practised(asking.person_of(request), [found.version])
    context = {
        "refused": refusing.sentence(refusal, words) if refusal else "",
        "practice": practised.get((found.version.pk, found.role)),
        "practicable": planting.practised(program_of(found.version.pk, found.version.content_hash), found.role),
        "again": again if again and again > asking.now() else None,
        "over": found.version.status not in (Version.Status.EFFECTIVE, Version.Status.APPROVED),
        **frame(found),
    }
    return render(request, "training/course.html", context, status=refusing.status(refusal) if refusal else 200)


urlpatterns = [
    path("", training, name="training"),
    *paper_pages.urlpatterns,
    *practice_pages.urlpatterns,
    *certificate_pages.urlpatterns,
    *skills_pages.urlpatterns,
    path("<slug:standard_id>/<str:version>/<slug:role>/", course, name="course"),
    path("<slug:standard_id>/<str:version>/<slug:role>/begin", begin, name="course_begin"),
    path("<slug:standard_id>/<str:version>/<slug:role>/practise", practise, name="course_practise"),
    path("<slug:standard_id>/<str:version>/<slug:role>/<slug:stage>/", lesson, name="lesson"),
]
