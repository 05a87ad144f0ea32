"""Which operations of a migration disturb the version before, which still runs while an upgrade goes on.

Operations are judged and not their SQL: SQLite remakes whole tables where MySQL alters a column.
"""

from collections.abc import Iterator

from django.db.migrations import Migration, operations
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import Field, ManyToManyField

# The version before asks for these: they go one release later, in a migration that is a contract step.
CONTRACTING = (operations.DeleteModel, operations.RemoveField, operations.AddConstraint)
# At no time right: one version of two always asks for the other name. Add, copy, and drop a release later.
NEVER = (
    operations.RenameField,
    operations.RenameModel,
    operations.AlterModelTable,
    operations.AlterOrderWithRespectTo,
    operations.AlterUniqueTogether,
    operations.RunSQL,
)


def find_breaks(migration: Migration, before: ProjectState) -> list[str]:
    """What may not be in it, one sentence each. `contract = True` in its class makes it a contract step,
    which may drop and tighten and do nothing else."""
    contract = getattr(migration, "contract", False)
    made: set[str] = set()
    breaks = []
    state = before.clone()
    for operation in _that_touch_the_database(migration.operations):
        model = getattr(operation, "model_name", getattr(operation, "name", "")).lower()
        if isinstance(operation, operations.CreateModel):
            made.add(model)
        elif model not in made:
            breaks += _judge(operation, state, migration.app_label, contract=contract)
        operation.state_forwards(migration.app_label, state)
    return breaks


def _that_touch_the_database(listed: list[Operation]) -> Iterator[Operation]:
    for operation in listed:
        if isinstance(operation, operations.SeparateDatabaseAndState):
            yield from _that_touch_the_database(operation.database_operations)
        else:
            yield operation


def _judge(operation: Operation, state: ProjectState, app: str, *, contract: bool) -> Iterator[str]:
    what = operation.describe()
    if isinstance(operation, NEVER):
        yield f"{what}: add the new, copy, and drop the old a release later"
    elif isinstance(operation, operations.AddField) and _must_be_given(operation.field):
        yield f"{what}: the version before does not fill it: null=True or db_default="
    elif isinstance(operation, CONTRACTING) or _tightens(operation, state, app):
        if not contract:
            yield f"{what}: a release later, with contract = True in the migration's class"
    elif contract:
        yield f"{what}: a contract step only drops and tightens"


def _must_be_given(field: Field) -> bool:
    """Whether an INSERT that does not name this column is refused. Django's `default` stays in Python."""
    return not (field.null or field.has_db_default() or isinstance(field, ManyToManyField))


def _tightens(operation: Operation, state: ProjectState, app: str) -> bool:
    if not isinstance(operation, operations.AlterField):
        return False
    old = state.models[app, operation.model_name_lower].fields[operation.name]
    new = operation.field
    return (
        type(old) is not type(new)
        or old.db_column != new.db_column
        or (old.null and not new.null)
        or (old.has_db_default() and not new.has_db_default())
        or (new.unique and not old.unique)
        or (new.max_length is not None and (old.max_length is None or new.max_length < old.max_length))
    )
