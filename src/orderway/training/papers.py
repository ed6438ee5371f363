"""Which questions a paper has: every stage, what changed first, a like mix of easy and hard, and never a paper that the person had before.

Pure: everything that decides is handed in. Marks nothing (`rules` does).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import sha256
from random import Random

from orderway.standard.document import StageId, Standard
from orderway.training.questions import Question, bank, differ

LEAST, MOST, PER_STAGE = 5, 20, 2
SALTS = 50  # a short bank repeats itself by chance now and then; so many chances to come out differently
UNSEEN = 0.5  # how hard a question is that nobody has answered yet


def draw(
    standard: Standard,
    stages: Sequence[StageId],
    *,
    seed: Sequence[str],
    hardness: Mapping[str, float],
    changed: Collection[str] = (),
    before: Collection[str] = (),
) -> list[Question]:
    """The questions of one paper, in the order of the manual.

    `seed`: whose paper it is, of which version, which attempt. `hardness`: by key, the share of wrong answers so far. `changed`: keys of
    questions whose answer is another one since the person learned it; they come first. `before`: fingerprints of the person's papers.
    """
    for salt in range(SALTS):
        random = Random(sha256("\n".join([*seed, str(salt)]).encode()).hexdigest())  # noqa: S311  an exam, no secret
        paper = _drawn(bank(standard, stages, random), stages, random, hardness, changed)
        if fingerprint(paper) not in before:
            break
    return paper


def size(stages: int) -> int:
    """How many questions a paper about so many stages has."""
    return min(MOST, max(LEAST, PER_STAGE * stages))


def fingerprint(paper: Iterable[Question]) -> str:
    """The same for two papers only if they ask the same with the same answers in the same order."""
    said = [f"{one.key}\t{one.ask.in_language('en')}\t{' | '.join(option.means for option in one.options)}" for one in paper]
    return sha256("\n".join(said).encode()).hexdigest()


def changed_answers(old: Standard, new: Standard, stages: Iterable[StageId]) -> frozenset[str]:
    """The keys of questions that have another right answer in the new version, or that the old one did not have."""
    before = _right_answers(old, [stage for stage in stages if stage in old.stages])
    after = _right_answers(new, stages)
    return frozenset(key for key, means in after.items() if before.get(key) != means)


def hardness_of(seen: Mapping[str, tuple[int, int]]) -> dict[str, float]:
    """By key, from (answers, wrong ones): the share of wrong answers, drawn to the middle while few have answered (Laplace)."""
    return {key: (wrong + 1) / (answers + 2) for key, (answers, wrong) in seen.items()}


def _right_answers(standard: Standard, stages: Iterable[StageId]) -> dict[str, str]:
    found = {}
    for question in bank(standard, stages, Random(0)):  # noqa: S311  only the right answers are looked at
        right = question.options[question.right]
        found[question.key] = f"{right.means} {right.text.in_language('en')}"
    return found


def _drawn(
    questions: Sequence[Question], stages: Sequence[StageId], random: Random, hardness: Mapping[str, float], changed: Collection[str]
) -> list[Question]:
    shuffled = list(questions)
    random.shuffle(shuffled)
    first = [one for one in shuffled if one.key in changed]
    taken: list[Question] = []
    wanted = size(len(stages))
    for stage in stages:
        _take(taken, [one for one in first if one.stage == stage][:1] or [one for one in shuffled if one.stage == stage], 1)
    _take(taken, first, wanted - len(taken))
    _take(taken, _alternating(shuffled, hardness), wanted - len(taken))
    order = {stage: number for number, stage in enumerate(stages)}
    return sorted(taken, key=lambda one: order[one.stage])


def _take(taken: list[Question], offered: Iterable[Question], count: int) -> None:
    """Up to so many more, none that asks what another one asks already."""
    for one in offered:
        if count <= 0:
            return
        if all(one.key != known.key and differ(one.ask, known.ask) for known in taken):
            taken.append(one)
            count -= 1


def _alternating(shuffled: Sequence[Question], hardness: Mapping[str, float]) -> list[Question]:
    """An easy one, a middling one, a hard one, and so on: papers come out equally hard."""
    ranked = sorted(shuffled, key=lambda one: hardness.get(one.key, UNSEEN))
    third = max(1, -(-len(ranked) // 3))
    parts = [ranked[at : at + third] for at in range(0, len(ranked), third)]
    return [part[at] for at in range(third) for part in parts if at < len(part)]
