"""An upgrade without a pause: migrations only add, and what is to go goes a release later."""

from pathlib import Path

import pytest
from django.apps import apps
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState

from tests.ops.expanding import find_breaks
from tests.site import ROOT

# Made before the first release: no running version ever stood on what came before them.
BEFORE_THE_FIRST_RELEASE = {"accounts": 1, "chat": 7, "operations": 1, "wallets": 1}
OURS = {config.label for config in apps.get_app_configs() if Path(config.path).parent == ROOT}


def test_migrations_leave_the_version_before_at_work():
    loader = MigrationLoader(None)
    breaks = {}
    for label, name in sorted(key for key in loader.graph.nodes if key[0] in OURS):
        migration = loader.graph.nodes[label, name]
        before = loader.project_state([(label, name)], at_end=False)
        if int(name[:4]) > BEFORE_THE_FIRST_RELEASE.get(label, 0):
            breaks[f"{label}.{name}"] = find_breaks(migration, before)
    assert {name: found for name, found in breaks.items() if found} == {}


def test_every_app_with_tables_is_judged():
    loader = MigrationLoader(None)
    assert set(BEFORE_THE_FIRST_RELEASE) <= {label for label, _ in loader.graph.nodes} & OURS
    for label, number in BEFORE_THE_FIRST_RELEASE.items():
        assert any(key[0] == label and int(key[1][:4]) == number for key in loader.graph.nodes)


@pytest.fixture
def before() -> ProjectState:
    """A table as the version before knows it."""
    state = ProjectState()
    fields = [
        ("id", models.BigAutoField(primary_key=True)),
        ("name", models.CharField(max_length=40)),
        ("note", models.CharField(max_length=40, null=True)),
        ("rank", models.IntegerField(db_default=0)),
    ]
    state.add_model(ModelState("club", "Member", fields))
    return state


def breaks_of(before: ProjectState, *operations, contract: bool = False) -> list[str]:
    migration = migrations.Migration("0002_change", "club")
    migration.operations = list(operations)
    migration.contract = contract
    return find_breaks(migration, before)


def field(name: str, made: models.Field) -> migrations.AddField:
    return migrations.AddField("member", name, made)


def changed(name: str, made: models.Field) -> migrations.AlterField:
    return migrations.AlterField("member", name, made)


TABLE = migrations.CreateModel("Visit", [("id", models.BigAutoField(primary_key=True))])
ONLY_ADULTS = models.CheckConstraint(condition=models.Q(rank__gte=18), name="adults")
ADDING = {
    "a table": TABLE,
    "a column that may be empty": field("age", models.IntegerField(null=True)),
    "a column with a default in the database": field("age", models.IntegerField(db_default=0)),
    "a table between two": field("friends", models.ManyToManyField("self")),
    "an index": migrations.AddIndex("member", models.Index(fields=["name"], name="by_name")),
    "room": changed("name", models.CharField(max_length=80)),
    "that it may be empty": changed("name", models.CharField(max_length=40, null=True)),
    "new choices": changed("name", models.CharField(max_length=40, choices=[("a", "A")])),
    "rows": migrations.RunPython(migrations.RunPython.noop),
}
CONTRACTING = {
    "a table goes": migrations.DeleteModel("Member"),
    "a column goes": migrations.RemoveField("member", "note"),
    "a rule comes": migrations.AddConstraint("member", ONLY_ADULTS),
    "may be empty no more": changed("note", models.CharField(max_length=40)),
    "less room": changed("name", models.CharField(max_length=20)),
    "another type": changed("name", models.IntegerField()),
    "a default goes": changed("rank", models.IntegerField()),
    "only once": changed("name", models.CharField(max_length=40, unique=True)),
    "hidden from Django": migrations.SeparateDatabaseAndState([migrations.RemoveField("member", "note")]),
}
NEVER = {
    "a column that must be given": field("age", models.IntegerField()),
    "a default that only Python knows": field("age", models.IntegerField(default=0)),
    "another name of a column": migrations.RenameField("member", "name", "title"),
    "another name of a table": migrations.RenameModel("Member", "Person"),
    "another table": migrations.AlterModelTable("member", "people"),
    "unseen": migrations.RunSQL("DROP TABLE club_member"),
}


@pytest.mark.parametrize("name", ADDING)
def test_what_only_adds_is_taken(before, name):
    assert breaks_of(before, ADDING[name]) == []


@pytest.mark.parametrize("name", CONTRACTING)
def test_what_drops_or_tightens_is_taken_as_a_contract_step_only(before, name):
    assert len(breaks_of(before, CONTRACTING[name])) == 1
    assert breaks_of(before, CONTRACTING[name], contract=True) == []


@pytest.mark.parametrize("name", NEVER)
def test_what_no_two_versions_can_share_is_never_taken(before, name):
    assert len(breaks_of(before, NEVER[name])) == 1
    assert len(breaks_of(before, NEVER[name], contract=True)) == 1


def test_a_contract_step_adds_nothing(before):
    assert len(breaks_of(before, ADDING["an index"], CONTRACTING["a column goes"], contract=True)) == 1


def test_a_table_of_the_same_migration_may_be_shaped_at_will(before):
    more = migrations.AddField("visit", "place", models.CharField(max_length=40))
    rule = models.UniqueConstraint(fields=["place"], name="once")
    assert breaks_of(before, TABLE, more, migrations.AddConstraint("visit", rule)) == []
