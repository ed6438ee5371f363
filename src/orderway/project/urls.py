"""Every address of the program: sign-in, the pages, the pages of the stages, the API."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import include, path

from orderway.api.root import api
from orderway.assessment import web as assessment
from orderway.diagnosis import web as diagnosis
from orderway.improvement import customer_pages
from orderway.improvement import web as improvement
from orderway.manual import web as manual
from orderway.measures import review_pages as reviews
from orderway.measures import web as measures
from orderway.pages.guarding import OWN, needs
from orderway.training import web as training
from orderway.web import (
    absence_pages,
    accounts,
    board,
    change_pages,
    comment_pages,
    health,
    language,
    notification_pages,
    order_pages,
    people_pages,
    stage_pages,
    work_acts,
    work_list,
    work_pages,
)
from orderway.web.masters import pages as masters

handler400 = "orderway.web.errors.bad_request"
handler403 = "orderway.web.errors.forbidden"
handler404 = "orderway.web.errors.not_found"
handler500 = "orderway.web.errors.broken"

leave = needs(OWN)(account.LogoutView.as_view(template_name="web/sign_out.html"))
change_password = needs(OWN)(account.PasswordChangeView.as_view(template_name="web/change_password.html", success_url="/"))

urlpatterns = [
    path("api/v1/", api.urls),  # first: programs ask most, and everything that stands before is tried for each request
    path("", include(work_pages.urlpatterns)),
    path("", include(change_pages.urlpatterns)),
    path("", include(order_pages.urlpatterns)),
    path("", include(comment_pages.urlpatterns)),
    path("board/", include(board.urlpatterns)),
    path("work/", include(work_list.urlpatterns)),
    path("tasks/", include(work_acts.urlpatterns)),
    path("absences/", include(absence_pages.urlpatterns)),
    path("messages/", include(notification_pages.urlpatterns)),
    path("people/", include(people_pages.urlpatterns)),
    path("masters/", include(masters.urlpatterns)),
    path("standard/", include(manual.urlpatterns)),
    path("training/", include(training.urlpatterns)),
    path("diagnosis/", include(diagnosis.urlpatterns)),
    path("improve/", include(improvement.urlpatterns)),
    path("say/", include(customer_pages.urlpatterns)),
    path("scorecard/", include(assessment.urlpatterns)),
    path("measures/", include(measures.urlpatterns)),
    path("reviews/", include(reviews.urlpatterns)),
    path("health", health.health, name="health"),
    path("language", language.switch, name="language"),
    path("sign-in", account.LoginView.as_view(template_name="web/sign_in.html"), name="account_login"),
    path("sign-out", leave, name="account_logout"),
    path("sign-up", accounts.no_sign_up, name="account_signup"),
    path("password", change_password, name="account_change_password"),
    *stage_pages.addresses(),
]
