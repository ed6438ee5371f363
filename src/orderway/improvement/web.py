"""The addresses of improvement."""

from __future__ import annotations

from django.urls import path

from orderway.improvement import (
    cycle_pages,
    introduction_pages,
    outlook_pages,
    question_acts,
    staffing_pages,
    suggestion_pages,
    what_if_pages,
)

urlpatterns = [
    path("", cycle_pages.improve, name="improve"),
    path("suggestions/", suggestion_pages.suggestion_list, name="suggestions"),
    path("suggestions/<int:feedback_id>", suggestion_pages.suggestion, name="suggestion"),
    path("cycles/new", cycle_pages.new_cycle, name="new_cycle"),
    path("cycles/bottleneck", cycle_pages.from_bottleneck, name="cycle_from_bottleneck"),
    path("cycles/<int:cycle_id>", cycle_pages.cycle, name="cycle"),
    path("cycles/<int:cycle_id>/plan", cycle_pages.replan, name="cycle_plan"),
    path("cycles/<int:cycle_id>/do", cycle_pages.prepare, name="cycle_do"),
    path("cycles/<int:cycle_id>/changed", cycle_pages.changed, name="cycle_changed"),
    path("cycles/<int:cycle_id>/trial", cycle_pages.start_trial, name="cycle_trial"),
    path("cycles/<int:cycle_id>/trial/stop", cycle_pages.stop_trial, name="cycle_trial_stop"),
    path("cycles/<int:cycle_id>/close", cycle_pages.close, name="cycle_close"),
    path("cycles/<int:cycle_id>/data.json", cycle_pages.data, name="cycle_data"),
    path("introductions/", introduction_pages.introductions, name="introductions"),
    path("introductions/plan", introduction_pages.plan, name="introduction_plan"),
    path("introductions/<int:introduction_id>", introduction_pages.introduction, name="introduction"),
    path("introductions/<int:introduction_id>/approve", introduction_pages.approve, name="introduction_approve"),
    path("introductions/<int:introduction_id>/steps/<int:number>/on", introduction_pages.switch_on, name="introduction_on"),
    path("introductions/<int:introduction_id>/steps/<int:number>/day", introduction_pages.replan, name="introduction_day"),
    path("introductions/<int:introduction_id>/stop", introduction_pages.stop, name="introduction_stop"),
    path("outlook", outlook_pages.outlook, name="outlook"),
    path("what-if/", what_if_pages.what_ifs, name="what_ifs"),
    path("what-if/ask", what_if_pages.ask, name="what_if_ask"),
    path("what-if/<int:what_if_id>", what_if_pages.what_if, name="what_if"),
    path("people/", staffing_pages.people_needed, name="people_needed"),
    path("people/ask", staffing_pages.ask, name="people_ask"),
    path("orders/<str:number>/link/revoke", question_acts.revoke, name="question_revoke"),
    path("orders/<str:number>/link", question_acts.again, name="question_again"),
]
