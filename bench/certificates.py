"""What the certificate check adds to an assignment: 500 people, 100 of them with the role, all certified for every stage of it.

    python bench/certificates.py [--people N]

Measured is what differs: reading the people (their certificates come along in the same statement) and finding who may be given a stage,
with a standard that asks for no certificate and with the same that lets only certified people work. Each time anew, as an act does it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter

PEOPLE, WITH_ROLE, TIMES = 500, 5, 300  # every fifth has the role


def median_ms(do):
    found = []
    for _ in range(TIMES):
        begun = perf_counter()
        do()
        found.append(perf_counter() - begun)
    return median(found) * 1000


def main(people):
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"ORDERWAY_DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3", "DJANGO_SETTINGS_MODULE": "orderway.project.settings"}
        import django

        django.setup()
        from django.core.management import call_command

        from orderway.engine.program import compile_standard
        from orderway.masterdata.models import Person, Qualification, RoleMember
        from orderway.orders.assigning import People
        from orderway.standard.canonical import stage_hash
        from orderway.standard.parse import parse
        from orderway.standard.templates import shipped

        call_command("migrate", verbosity=0)
        text = shipped()["make-to-stock"]
        gates = [line for line in text.splitlines() if line.strip().startswith("gate:") and line.split()[-1] in ("off", "warn", "block")]
        assert len(gates) == 1, "the training part of the standard says its gate once"
        programs = {word: compile_standard(parse(text.replace(gates[0], f"  gate: {word}")).standard) for word in ("off", "block")}
        program = programs["block"]
        now, role = datetime.now(UTC), "warehouse"
        stages = [stage.id for stage in program.standard.stages.values() if stage.owner == role]
        made = Person.objects.bulk_create(Person(key=f"p{n:04}", name=f"P {n}") for n in range(people))
        with_role = made[::WITH_ROLE]
        RoleMember.objects.bulk_create(RoleMember(person=one, role=role) for one in with_role)
        Qualification.objects.bulk_create(
            Qualification(person=one, stage_hash=stage_hash(program.standard, stage), valid_until=now.date() + timedelta(days=90))
            for one in with_role
            for stage in stages
        )

        def assign(program):
            found = People("bench")
            found.load({role}, now, program.certified.values())
            for stage in stages:
                everybody, certified, _reason = found._staff.able(program, role, stage, now.date())
                assert len(everybody) == len(with_role)
                assert bool(certified) == bool(program.certified)

        off, block = (median_ms(lambda program=program: assign(program)) for program in programs.values())
        print(
            f"{len(with_role)} of {people} people, {len(stages)} stages: {off:.2f} ms without, {block:.2f} ms with, {block - off:+.2f} ms"
        )


if __name__ == "__main__":
    main(int(sys.argv[sys.argv.index("--people") + 1]) if "--people" in sys.argv else PEOPLE)
