"""The part of the demo about improvement: customers answer, staff suggest, one cycle was finished and one runs. Through the acts."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta

from orderway.demo.scene import Scene
from orderway.demo.workdays import Slot
from orderway.engine.refusals import Refusal
from orderway.improvement import cycles, predicting, questions, suggestions
from orderway.improvement.cycles import Plan
from orderway.improvement.models import Cycle, Question, Reply
from orderway.masterdata.models import Person
from orderway.masterdata.rights import Duty
from orderway.orders import feedback
from orderway.orders.actor import Actor
from orderway.orders.feedback import Clause
from orderway.orders.models import Feedback
from orderway.releases.models import Version
from orderway.releases.publishing import program_of

OWNER = "gao.xin"
STANDARD = "make-to-order"
WAITS_FOR_THE_REST = timedelta(days=20)  # an order in several deliveries is asked about after the last
ANSWERS = 0.55  # share of the customers who answer at all
SCORES = ((5, 0.50), (4, 0.36), (3, 0.09), (2, 0.04), (1, 0.01))
SAID = {
    5: ("", "发货很快，谢谢。", "Everything as agreed."),
    4: ("", "包装很好，单据可以更早寄来。", "Good, the invoice could come with the goods."),
    3: ("晚了两天，没有人通知我们。", "Two days late, and nobody told us."),
    2: ("包装箱破损，导轨有划痕。", "The crate was open when it arrived."),
    1: ("数量不对，联系不上人。",),
}
HALFWAY, CLOSED, SECOND = 0.45, 0.85, 0.93  # of the time that the demo covers
FASTER = {"delivery.plan": 0.35, "delivery.pick": 0.5, "delivery.hand_over": 0.3}  # what the finished cycle changed
# who, how far into the year, stage, words, what became of it
SUGGESTED = (
    ("he.jing", 0.30, "delivery", "每天下午固定一班车出货，不要等凑满整车。", "cycle"),
    ("zhu.hong", 0.34, "picking", "拣货单按库位排序，可以少走很多路。", "done"),
    ("yang.li", 0.50, "review", "价格表放在审核页面旁边，不必再翻邮件。", "declined"),
    ("wang.fang", 0.70, "receipt", "客户常用的料号请能一键带出。", "taken_up"),
    ("xu.qiang", 0.88, "production", "备料清单最好前一天下班前打印好。", "cycle"),
    ("ma.chao", 0.94, "purchasing", "供应商交期变更时，请自动通知计划员。", ""),
)
ANSWERED = {
    "done": "已按库位排序，从下周起的拣货单生效。谢谢！",
    "declined": "价格表含保密条款，只对销售开放；审核页面已显示约定价格。",
    "taken_up": "已列入下一次标准修订，预计两个月内完成。",
}


class Improvers:
    """Customers with an opinion, staff with ideas, and the owner of the standard."""

    def __init__(self, scene: Scene, since: datetime) -> None:
        self._scene, self._since = scene, since
        self._asked: set[str] = set()
        self._agenda: dict[date, list[tuple[str, str, int]]] = defaultdict(list)  # day -> order, link, score
        self._waiting = list(SUGGESTED)
        self._finished: Cycle | None = None
        self._closed = self._begun_second = False
        self._ideas: list[Feedback] = []

    def morning(self, slot: Slot, now: datetime) -> None:
        """Ask, answer, suggest, and take the cycles a step further."""
        self._ask(slot, now)
        for day in sorted(day for day in self._agenda if day <= slot.day):
            for number, token, score in self._agenda.pop(day):
                self._answer(number, token, score, now)
        gone = (slot.at - self._since) / (self._scene.until - self._since)
        for idea in [idea for idea in self._waiting if idea[1] <= gone]:
            self._waiting.remove(idea)
            self._suggest(idea, now)
        self._improve(gone, now)

    def finish(self, now: datetime) -> None:
        """Customers of the last days are asked."""
        questions.ask(set(self._scene.delivered) - self._asked, now)

    # --- customers ----------------------------------------------------------------------------------------------------------

    def _ask(self, slot: Slot, now: datetime) -> None:
        lately = {number for number, at in self._scene.delivered.items() if now - at < WAITS_FOR_THE_REST} - self._asked
        if not lately or not questions.ask(lately, now):
            return
        for question in Question.objects.filter(order__number__in=lately).select_related("order").order_by("id"):
            number = question.order.number
            self._asked.add(number)
            random = self._scene.luck("feedback", number)
            if random.random() < ANSWERS:
                score = random.choices([score for score, _ in SCORES], [share for _, share in SCORES])[0]
                self._agenda[slot.day + timedelta(days=random.randint(1, 6))].append((number, questions.token_of(question), score))

    def _answer(self, number: str, token: str, score: int, now: datetime) -> None:
        words = self._scene.luck("words", number).choice(SAID[score])
        try:
            questions.answer(token, score, words, now=now)
        except Refusal as refusal:
            self._scene.note("answer", [refusal])

    # --- staff --------------------------------------------------------------------------------------------------------------

    def _suggest(self, idea: tuple[str, float, str, str, str], now: datetime) -> None:
        who, _, stage, words, fate = idea
        version = self._version()
        known = program_of(version.pk, version.content_hash).standard.stages
        step = next((found.steps[0].id for found in known.values() if found.id == stage and found.steps), "")
        actor = self._scene.staff.actor(who)
        reader = Actor(actor.key, actor.person_id, duties=frozenset({Duty.READER}), roles=actor.roles)
        row = feedback.suggest(Clause(version.pk, stage, step), words, actor=reader, now=now)
        if fate in ANSWERED:
            suggestions.reply([row], Reply.State(fate), ANSWERED[fate], by=self._owner(), now=now + timedelta(minutes=1))
        elif fate == "cycle":
            self._ideas.append(row)

    # --- cycles -------------------------------------------------------------------------------------------------------------

    def _improve(self, gone: float, now: datetime) -> None:
        if self._finished is None and gone >= HALFWAY:
            self._finished = self._first(now)
        elif self._finished is not None and not self._closed and gone >= CLOSED:
            self._closed = True
            self._close(self._finished, now)
        elif self._closed and not self._begun_second and gone >= SECOND:
            self._begun_second = True
            self._second(now)

    def _first(self, now: datetime) -> Cycle:
        plan = Plan(
            "出货不再等整车", STANDARD, "delivery", "lead_time", 10,
            "货物备好后平均还要等两天才出门：车辆凑满才发，计划每天只看一次。",
            "等凑满整车\n计划员每天只排一次车\n拣货单没有按库位排序",
        )  # fmt: skip
        cycle = cycles.begin(plan, by=self._owner(), now=now, about=self._taken_ideas())
        cycles.prepare(cycle, None, "每天下午固定一班车；拣货单按库位排序；物流与仓库各培训半天。", by=self._owner())
        cycles.changed(cycle, now, by=self._owner(), now=now)
        self._scene.pace.update(FASTER)
        return cycle

    def _close(self, cycle: Cycle, now: datetime) -> None:
        """Kept if the figures say so; where the demo has too few orders, the cycle waits for more."""
        verdict = cycles.check(Cycle.objects.select_related("trial").get(pk=cycle.pk)).verdict
        if verdict is None or verdict.word == "too_few":
            return
        better = verdict.word == "better"
        reason = "固定班车写入作业要点。" if better else "数据没有证明效果，恢复原来的做法。"
        outcome = Cycle.Outcome.RELEASE if better else Cycle.Outcome.DROP
        cycles.close(cycle, outcome, reason, by=self._owner(), now=now)

    def _second(self, now: datetime) -> None:
        plan = Plan(
            "生产备料提前一天", STANDARD, "production", "lead_time", 15,
            "生产环节等待时间最长，常因备料不齐而停工。",
            "备料清单当天才打印\n缺料到开工时才发现",
        )  # fmt: skip
        cycle = cycles.begin(plan, by=self._owner(), now=now, about=self._taken_ideas())
        predicting.ask("备料提前一天", self._version(), {"delay.production": "x0.8"}, by=self._owner(), now=now, cycle=cycle)
        cycles.prepare(cycle, None, "前一天下班前打印备料清单，并核对库存。", by=self._owner())
        cycles.changed(cycle, now, by=self._owner(), now=now)

    def _taken_ideas(self) -> list[Feedback]:
        ideas, self._ideas = self._ideas, []
        return ideas

    def _owner(self) -> Person:
        return Person.objects.get(key=OWNER)

    def _version(self) -> Version:
        rows = Version.objects.filter(standard_id=STANDARD, status=Version.Status.EFFECTIVE)
        return rows.only("id", "content_hash", "standard_id").get()
