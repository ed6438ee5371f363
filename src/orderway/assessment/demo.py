"""The teams of the demo company, and two objections: one waits for its decision, one was upheld. Through the same acts as everybody's."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.timezone import localdate

from orderway.assessment import following, objecting, seeing
from orderway.assessment.models import DoneTask
from orderway.assessment.rules.judging import Quality
from orderway.demo.scene import Scene
from orderway.demo.workdays import Slot
from orderway.masterdata import people
from orderway.masterdata.models import Person
from orderway.orders.models import WorkItem

TEAMS = (
    ("sales", "销售组", "huang.lei", ("wang.fang", "liu.yang", "zhao.min")),
    ("goods", "物流组", "luo.wei", ("zhou.ping", "wu.jun", "zhu.hong", "hu.bin", "guo.tao", "he.jing")),
)
ADMINISTRATOR, OWNER, RELEASED = "admin", "gao.xin", "zhao.min"
LOOKED_AT = 30  # orders that were sent back, the newest: the worker judges the rest
REASONS = (
    "客户当天来电改过数量，退回时我录入的内容与客户最初的订单一致。",
    "系统里的价格表当天才更新，录单时新价格还没有生效。",
)
ANSWER = "价格表确为当天下午更新，录单时间在前。异议成立。"


class Teams:
    """Who leads whom, once the orders stand there."""

    def __init__(self, scene: Scene, since: datetime) -> None:
        self._people, self._since = scene.company.people, since

    def morning(self, slot: Slot, now: datetime) -> None:
        """Nothing: teams do no work of their own."""

    def finish(self, now: datetime) -> None:
        """Found the groups, release a month, object twice."""
        for key, name, lead, members in TEAMS:
            group = people.found_group(key, name=name, lead=self._people[lead], by=ADMINISTRATOR, now=self._since)
            for member in members:
                people.join(group, self._people[member], by=ADMINISTRATOR, now=self._since)
        seeing.release(seeing.shown(localdate(now))[0].key, by=self._people[RELEASED], now=now)
        _object(self._people[OWNER], now)


def _object(owner: Person, now: datetime) -> None:
    again = WorkItem.objects.filter(kind="stage", run=2, state=WorkItem.State.DONE).order_by("-closed_at")
    following.judge(list(dict.fromkeys(again.values_list("order__number", flat=True)[:LOOKED_AT])))
    sent_back = DoneTask.objects.filter(quality=Quality.SENT_BACK).select_related("person", "alike").order_by("-done", "pk")
    for number, (task, reason) in enumerate(zip(sent_back, REASONS, strict=False)):
        made = objecting.object_to(task, reason, by=task.person, now=now - timedelta(days=2 - number))
        if number:
            objecting.decide(made.pk, upheld=True, answer=ANSWER, by=owner, now=now - timedelta(hours=3))
