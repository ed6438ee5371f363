"""What happens next at a gate, in one sentence each for yes and for no. Asks the engine, so that page and act cannot disagree."""

from __future__ import annotations

from django.utils.translation import gettext as _

from orderway.engine import advance
from orderway.engine.acting import SYSTEM, Work
from orderway.engine.answers import Answers
from orderway.engine.gates import asks
from orderway.engine.refusals import CriterionBlocks, Refusal
from orderway.engine.replay import WITH_RUN
from orderway.orders.locking import Opened
from orderway.web.standard_view import criterion_text, role, stage_title


def if_passed(opened: Opened, answers: Answers) -> str:
    """What opens if everything is found right; "" where nobody can know yet."""
    item, stage, program = opened.item, opened.stage, opened.program
    if item is None or item.kind not in WITH_RUN or opened.case.decision(item) or stage.gate is None:
        return ""
    proven = Work(
        program.required_steps[item.stage], program.required_documents[item.stage], tuple((one.id, True) for one in asks(stage.gate))
    )
    try:
        move = advance.complete(program, opened.case, item.key, proven, answers, actor=SYSTEM)
    except CriterionBlocks as blocked:
        criterion = next(one for one in stage.gate.criteria if one.id == blocked.params["criterion"])
        return _("It cannot pass now: “%(criterion)s” is not met.") % {"criterion": criterion_text(criterion)}
    except Refusal:
        return ""
    signatories = [each.role for each in move.opened if each.kind == "approval"]
    if signatories:
        return _("If you pass it, %(role)s must sign before it goes on.") % {"role": role(program.standard, signatories[0])}
    opens = dict.fromkeys(stage_title(program.standard, each.stage) for each in move.opened)
    return _("If you pass it, this comes next: %(stages)s.") % {"stages": _(", ").join(opens)} if opens else ""


def if_failed(opened: Opened) -> str:
    """Where a no sends the order, and how often that may still happen."""
    item, standard = opened.item, opened.program.standard
    rule = opened.stage.gate.fail if opened.stage.gate else None
    if item is None or rule is None or item.kind not in WITH_RUN:
        return ""
    if item.stage in opened.program.advisory:
        return _("What you find wrong is noted; only “Send back” sends it back while the stage is not on.")
    times = opened.case.failures.get((item.stage, item.path), 0) + 1
    words = {"stage": stage_title(standard, rule.back_to), "role": role(standard, rule.then), "time": times, "most": rule.at_most}
    if times > rule.at_most:
        return _("If you find anything wrong, %(role)s decides: it has been sent back %(most)d times.") % words
    return _("If you find anything wrong, it goes back to %(stage)s (time %(time)d of %(most)d).") % words
