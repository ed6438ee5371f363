"""Questions made from a standard's own data, and its written ones: each with one right answer, and the clause that answers it.

Every wrong answer is wrong by the same standard. Pure: no database, no clock; chance comes in as `random`. Draws no paper (`papers` does).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import NamedTuple, TypeVar

from orderway.standard.conditions import scope_of
from orderway.standard.document import Stage, StageId, Standard, Step
from orderway.standard.tables import compile_table
from orderway.standard.values import Value
from orderway.standard.vocabulary import Duration, Table, Text
from orderway.training.rows import Example, examples, table_ids
from orderway.training.wording import LANGUAGES, complete, duration, fact, listed, same, stem, word

OPTIONS = 4
LEAST_OPTIONS = 3  # of a generated question; a written one has what its author gave it
GENERATED = ("limits", "owners", "gate_criteria", "table_rows", "needed_documents")
CONFUSABLE = frozenset({"photo", "file", "document"})  # a photo of a document is a file: none is a fair wrong answer to another
PERCENTS = (25, 50, 60, 75, 80, 90, 100, 150)

Thing = TypeVar("Thing")


class Option(NamedTuple):
    """A possible answer: its text, and what it stands for (a role, a stage, a length of time), by which a test proves it right or wrong."""

    text: Text
    means: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its answers as they are shown. `key` is the same on every paper; `stage` and `step` are the clause."""

    key: str
    stage: StageId
    step: str
    ask: Text
    options: tuple[Option, ...]
    right: int

    def texts(self) -> Iterator[Text]:
        """Everything that is read."""
        yield self.ask
        yield from (option.text for option in self.options)


def bank(standard: Standard, stages: Iterable[StageId], random: Random) -> list[Question]:
    """Every question about these stages, in their order; `random` chooses the wrong answers, the examples and the order of answers."""
    return [question for stage in stages for question in _Asking(standard, standard.stages[stage], random).all()]


def differ(one: Text, other: Text) -> bool:
    """Whether two texts can be told apart in every language."""
    return all(one.in_language(language).strip() != other.in_language(language).strip() for language in LANGUAGES)


class _Asking:
    """The questions of one stage."""

    def __init__(self, standard: Standard, stage: Stage, random: Random) -> None:
        self._standard, self._stage, self._random = standard, stage, random
        self._title = self._said(stage.title)

    def all(self) -> Iterator[Question]:
        """Written ones first, then those of the steps, then those that the standard wants generated."""
        yield from self._written()
        yield from self._steps()
        wanted = self._standard.training.generate or GENERATED
        makers: dict[str, Callable[[], Iterator[Question | None]]] = {
            "limits": self._limits,
            "owners": self._owners,
            "gate_criteria": self._gate,
            "table_rows": self._tables,
            "needed_documents": self._documents,
        }
        for kind in wanted:
            yield from (question for question in makers[kind]() if question is not None)

    # --- written ----------------------------------------------------------------------------------------------------------

    def _written(self) -> Iterator[Question]:
        for number, item in enumerate(self._stage.quiz, start=1):
            right = next((one for one in item.answers if one.right), None)
            wrong = [Option(self._said(one.text), "wrong") for one in item.answers if not one.right]
            if right is None or not wrong:
                continue  # a standard that was released has none such
            question = self._question(
                f"written:{number}", self._said(item.ask), Option(self._said(right.text), "right"), wrong, step=item.step, least=2
            )
            if question is not None:
                yield question

    # --- steps ------------------------------------------------------------------------------------------------------------

    def _steps(self) -> Iterator[Question]:
        steps = self._stage.steps
        others = [step for stage in self._standard.stages.values() if stage.id != self._stage.id for step in stage.steps]
        for number, step in enumerate(steps):
            found = (self._order(number, others), self._key_point(step, others), self._proof(step))
            yield from (question for question in found if question is not None)

    def _order(self, number: int, others: Sequence[Step]) -> Question | None:
        steps = self._stage.steps
        if len(steps) < 2:
            return None
        right, own = steps[number], [step for step in steps if step is not steps[number]]
        if number == 0:
            ask = stem("first", stage=self._title)
        else:
            ask = stem("next", stage=self._title, step=self._said(steps[number - 1].do))
            own = [step for step in own if step is not steps[number - 1]]
        wrong = [*map(self._does, own), *map(self._does, self._mixed(others))]
        return self._question(f"order:{right.id}", ask, self._does(right), wrong, step=right.id)

    def _key_point(self, step: Step, others: Sequence[Step]) -> Question | None:
        if step.key is None:
            return None
        known = [one for one in (*self._stage.steps, *others) if one.key is not None and one is not step]
        wrong = [Option(self._said(one.key), one.id) for one in self._mixed(known) if one.key is not None]
        return self._question(
            f"key:{step.id}", stem("key", step=self._said(step.do)), Option(self._said(step.key), step.id), wrong, step=step.id
        )

    def _proof(self, step: Step) -> Question | None:
        if step.evidence is None:
            return None
        kind, paper = step.evidence.kind, step.evidence.document
        right = Option(word("document", name=self._paper(paper)), f"document {paper}") if paper else Option(word(kind), kind)
        kinds = [one for one in ("tick", "number", "choice", "photo", "scan", "file", "system") if one != kind]
        fair = [one for one in kinds if not {one, kind} <= CONFUSABLE]
        wrong = [Option(word(one), one) for one in fair]
        if paper:
            papers = [one for one in self._standard.documents if one != paper]
            wrong += [Option(word("document", name=self._paper(one)), f"document {one}") for one in papers]
        return self._question(f"proof:{step.id}", stem("proof", step=self._said(step.do)), right, self._mixed(wrong), step=step.id)

    # --- limits and owners --------------------------------------------------------------------------------------------------

    def _limits(self) -> Iterator[Question | None]:
        stage = self._stage
        yield self._question(
            "limit", stem("limit", stage=self._title), _length(stage.limit), map(_length, self._mixed(_other_lengths(stage.limit)))
        )
        told_first = [_percent(one) for one in self._mixed(PERCENTS) if one != stage.warn]
        yield self._question("warn", stem("warn", stage=self._title), _percent(stage.warn), told_first)
        for percent in dict.fromkeys(one.after for one in stage.escalate):
            told = [one.to for one in stage.escalate if one.after == percent]
            if len(told) == 1:
                ask = stem("told", stage=self._title, percent=f"{percent} %")
                wrong = [role for role in self._standard.roles if role not in told and role != stage.owner]
                yield self._question(f"told:{percent}", ask, self._told(told[0]), map(self._told, self._mixed(wrong)))

    def _owners(self) -> Iterator[Question | None]:
        owner = self._stage.owner
        others = [role for role in self._standard.roles if role != owner]
        yield self._question("owner", stem("owner", stage=self._title), self._role(owner), map(self._role, self._mixed(others)))
        foreign = [stage.id for stage in self._standard.stages.values() if stage.owner != owner]
        ask = stem("owned", role=self._said(self._standard.roles[owner].title))
        yield self._question("owned", ask, self._place(self._stage.id), map(self._place, self._mixed(foreign)))

    # --- gates ------------------------------------------------------------------------------------------------------------

    def _gate(self) -> Iterator[Question | None]:
        gate = self._stage.gate
        if gate is None:
            return
        own = {one.id for one in gate.criteria}
        foreign = [
            Option(text, f"{stage.id}:{one.id}")
            for stage in self._standard.stages.values()
            if stage.gate and stage.id != self._stage.id
            for one in stage.gate.criteria
            if one.id not in own and (text := self._criterion(one.ask or one.title))
        ]
        roles = list(self._standard.roles)
        for one in gate.criteria:
            text = self._criterion(one.ask or one.title)
            if text is None:
                continue
            right = Option(text, f"{self._stage.id}:{one.id}")
            yield self._question(f"criterion:{one.id}", stem("criterion", stage=self._title), right, self._mixed(foreign))
            if one.auto is not None:
                yield self._waiver(one.id, text, one.waive, roles)
        yield from self._failure(roles)
        yield self._segregation(gate.not_by)

    def _waiver(self, id: str, text: Text, waive: Sequence[str], roles: Sequence[str]) -> Question | None:
        ask = stem("waive", stage=self._title, criterion=text)
        nobody = Option(word("nobody_may"), "nobody")
        right = Option(listed(self._role(role).text for role in waive), ",".join(waive)) if waive else nobody
        wrong = [*(map(self._role, self._mixed(role for role in roles if role not in waive))), *([nobody] if waive else [])]
        return self._question(f"waive:{id}", ask, right, wrong)

    def _failure(self, roles: Sequence[str]) -> Iterator[Question | None]:
        fail = self._stage.gate.fail if self._stage.gate else None
        if fail is None:
            return
        stages = [stage for stage in self._standard.stages if stage not in (fail.back_to, self._stage.id)]
        yield self._question(
            "back_to", stem("back_to", stage=self._title), self._place(fail.back_to), map(self._place, self._mixed(stages))
        )
        counts = [count for count in range(1, fail.at_most + 4) if count != fail.at_most]
        yield self._question("at_most", stem("at_most", stage=self._title), _times(fail.at_most), map(_times, self._mixed(counts)))
        others = [role for role in roles if role != fail.then]
        yield self._question("then", stem("then", stage=self._title), self._role(fail.then), map(self._role, self._mixed(others)))

    def _segregation(self, not_by: Sequence[StageId]) -> Question | None:
        if not not_by:
            return None

        def whoever(stages: Sequence[StageId]) -> Option:
            return Option(word("worked_on", stages=listed(self._place(one).text for one in stages)), ",".join(stages))

        free = [stage for stage in self._standard.stages if stage not in not_by and stage != self._stage.id]
        wrong = [*(whoever([stage]) for stage in self._mixed(free)), Option(word("anybody"), "")]
        return self._question("not_by", stem("not_by", stage=self._title), whoever(not_by), wrong)

    # --- tables and documents -------------------------------------------------------------------------------------------------

    def _tables(self) -> Iterator[Question | None]:
        for id in table_ids(self._stage):
            table = self._standard.tables.get(id)
            compiled = compile_table(table, scope_of(self._standard)).compiled if table else None
            for number, facts in sorted(examples(self._standard, compiled, self._random).items()) if compiled else ():
                assert table is not None
                yield self._row(table, number, facts)

    def _row(self, table: Table, number: int, example: Example) -> Question | None:
        facts = listed(word("is", fact=fact(name), value=_said(value)) for name, value in example.items())
        right = table.rows[number].output
        outputs = dict.fromkeys(row.output for row in table.rows if row.output != right)
        if table.output == "role":
            outputs |= dict.fromkeys((role,) for role in self._standard.roles if (role,) != right)
            ask = stem("signs", stage=self._title, facts=facts)
        else:
            ask = stem("row", stage=self._title, table=table.id, facts=facts)
        wrong = [self._output(table, output) for output in (*self._mixed(outputs), *self._words(table))]
        wrong = [one for one in wrong if one.means != ",".join(right)]
        least = LEAST_OPTIONS if table.output in ("role", "number") else 2
        return self._question(f"row:{table.id}:{number + 1}", ask, self._output(table, right), wrong, least=least)

    def _words(self, table: Table) -> Iterator[tuple[str, ...]]:
        """Every answer that a table of words can give."""
        if table.output == "bool":
            yield from (("true",), ("false",))

    def _documents(self) -> Iterator[Question | None]:
        stage = self._stage
        others = [one for one in self._standard.documents if one not in (*stage.needs, *stage.makes)]
        for name, papers in (("needs", stage.needs), ("makes", stage.makes)):
            for one in papers:
                wrong = [Option(self._paper(other), other) for other in self._mixed(others)]
                yield self._question(f"{name}:{one}", stem(name, stage=self._title), Option(self._paper(one), one), wrong)

    # --- parts ----------------------------------------------------------------------------------------------------------------

    def _question(
        self, key: str, ask: Text, right: Option, wrong: Iterable[Option], *, step: str = "", least: int = LEAST_OPTIONS
    ) -> Question | None:
        """The question with as many wrong answers as can be told apart; None if there are too few."""
        options = [right]
        for one in wrong:
            if len(options) < OPTIONS and all(differ(one.text, known.text) for known in options):
                options.append(one)
        if len(options) < least:
            return None
        shown = self._mixed(options)
        return Question(f"{self._stage.id}:{key}", self._stage.id, step, ask, tuple(shown), shown.index(right))

    def _mixed(self, things: Iterable[Thing]) -> list[Thing]:
        shuffled = list(things)
        self._random.shuffle(shuffled)
        return shuffled

    def _said(self, text: Text) -> Text:
        return complete(text, self._standard.languages)

    def _criterion(self, text: Text | None) -> Text | None:
        return self._said(text) if text else None

    def _does(self, step: Step) -> Option:
        return Option(self._said(step.do), step.id)

    def _paper(self, id: str) -> Text:
        return self._said(self._standard.documents[id].title)

    def _place(self, stage: StageId) -> Option:
        return Option(self._said(self._standard.stages[stage].title), stage)

    def _role(self, role: str) -> Option:
        return Option(self._said(self._standard.roles[role].title), role)  # type: ignore[index]  # ids of roles are text

    def _told(self, who: str) -> Option:
        return self._role(who) if who in self._standard.roles else Option(word(who), who)

    def _output(self, table: Table, output: Sequence[str]) -> Option:
        if table.output == "role":
            signs = listed((self._role(role).text for role in output), "then_role") if output else word("nobody")
            return Option(signs, ",".join(output))
        return Option(_said(output[0]), ",".join(output))


def _length(length: Duration) -> Option:
    return Option(duration(length), str(length))


def _other_lengths(limit: Duration) -> Iterator[Duration]:
    """Lengths in the same unit, so that no two can mean the same: 8 hours and a day sometimes do."""
    around = {limit.amount * 2, limit.amount * 3, limit.amount * 5, limit.amount + 1, limit.amount + 2, limit.amount // 2, limit.amount - 1}
    for amount in sorted(around - {limit.amount}):
        if amount >= 1:
            yield Duration(amount, limit.unit)


def _percent(percent: int) -> Option:
    return Option(same(f"{percent} %"), str(percent))


def _times(count: int) -> Option:
    return Option(word("once") if count == 1 else word("times", n=count), str(count))


def _said(value: Value) -> Text:
    if value is True or value == "true":
        return word("yes")
    if value is False or value == "false":
        return word("no")
    return same(f"{value.normalize():f}" if isinstance(value, Decimal) else str(value))
