"""The reference in the site, written from the types, rules, commands and routes themselves at every build."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import typer

from lineside.models.columns import REFERENCES
from lineside.models.rules import RULES, Rule
from lineside.models.tables import TABLES
from lineside.models.template import explanation_rows
from lineside.service.access.table import ACCESS, Access
from lineside.service.api.app import create_app
from lineside.service.cli import app as command_line
from lineside.service.settings import ServiceSettings
from lineside.service.storage.database import Database


def cell(text: str) -> str:
    """Return a text as a cell of a table in Markdown."""
    return " ".join(text.replace("|", "\\|").replace("<", "&lt;").split())


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Return a table in Markdown."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in lines) + "\n"


def tables_page() -> str:
    """Return the reference of ``scenario.toml`` and every table, from the types that read them."""
    rows: dict[str, list[tuple[str, ...]]] = {}
    for name, *rest in explanation_rows()[1:]:
        rows.setdefault(name, []).append(tuple(rest))
    text = [
        "# Tables and settings\n\nA scenario is a folder with `scenario.toml` and one CSV file a table, or a workbook "
        "with one sheet a table. The first row of a table names its columns; their order does not matter. The sheet "
        "that explains the template of `lineside new` says the same as this page.\n"
    ]
    text.append("## scenario\n\nSettings: keys of `scenario.toml`, or rows of the sheet `scenario`.\n")
    text.append(columns_table("key", "scenario", rows["scenario"]))
    for name in TABLES:
        (_, _, _, sentence, _, _), *columns = rows[name]
        text.append(f"## {name}\n\n{cell(sentence)}\n")
        text.append(columns_table("column", name, columns))
    return "\n".join(text)


def columns_table(head: str, name: str, rows: list[tuple[str, ...]]) -> str:
    """Return the columns of one table, or the settings, as a table of its own."""
    told = []
    for column, required, kind, meaning, default, remedy in rows:
        to = REFERENCES.get((name, column))
        link = f" (of [{to}](#{to}))" if to else ""
        must = "required" if required == "yes" else f"`{default}`" if default != "none" else "none"
        told.append((f"`{column}`", cell(kind), cell(meaning) + link, must, cell(remedy)))
    return table((head, "holds", "meaning", "default", "how to write it"), told)


def rules_page() -> str:
    """Return the reference of the rules, from their registry."""
    rows = [(f"`{rule.name}`", cell(rule.sentence), cell(source_of(rule))) for rule in RULES.values()]
    head = (
        "# Rules\n\nEvery plan keeps all of these, whoever made it. `lineside check` names a broken one as here, and "
        "so does the reason of an empty seat.\n\n"
    )
    return head + table(("rule", "says", "law or custom behind it"), rows)


def source_of(rule: Rule) -> str:
    """Return the law or custom that a rule comes from, where it has one beside the format's own sentence."""
    return "; ".join(part for part in rule.reference.split("; ") if not part.startswith("contract"))


def commands_page() -> str:
    """Return the reference of the command line, from the commands themselves."""
    group = typer.main.get_command(command_line)
    context = typer.Context(group, info_name="lineside")
    text = [
        "# Commands\n\nWhat `lineside COMMAND --help` says. Exit status: 0 done, 1 the check found violations, "
        "2 bad input, 3 no plan in the time given.\n"
    ]
    return "\n".join([*text, *command_texts(group, context)])


def command_texts(group: Any, context: Any) -> Iterator[str]:
    """Yield the part of each command of a group, and of those within it."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        inside = typer.Context(command, info_name=name, parent=context)
        yield command_text(command, inside)
        if hasattr(command, "commands"):
            yield from command_texts(command, inside)


def command_text(command: Any, context: Any) -> str:
    """Return one command's part of the page."""
    rows = []
    for parameter in command.get_params(context):
        told = parameter.get_help_record(context)
        if told is not None and "--help" not in parameter.opts:
            rows.append((f"`{words_of(told[0])}`", cell(told[1])))
    usage = " ".join(command.collect_usage_pieces(context)).replace("{", "").replace("}", "")
    words = "\n\n".join(" ".join(part.split()) for part in (command.help or "").split("\n\n"))
    shown = table(("argument or option", "is"), rows) if rows else ""
    path = context.command_path
    return f"## {path.removeprefix('lineside ')}\n\n`{path} {usage}`\n\n{words}\n\n{shown}"


def words_of(parameter: str) -> str:
    """Return an argument or option as a person writes it.

    >>> words_of("--seconds <float range>"), words_of("DIR <path>")
    ('--seconds NUMBER', 'DIR')
    """
    return re.sub(r" <(int|float)[^>]*>", " NUMBER", parameter).replace(" <path>", "").replace(" <text>", "")


def api_page() -> str:
    """Return the reference of the interface, from its OpenAPI description and the table of access."""
    described = create_app(Database("postgresql://nowhere/none"), ServiceSettings.model_construct(**defaults()))
    schema = described.openapi()
    operations = [
        (method.upper(), path, operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    keyed = [operation["responses"] for *_, operation in operations if not ACCESS[operation["operationId"]].anyone]
    shared = {status for status in keyed[0] if status != "200" and all(status in answers for answers in keyed)}
    text = [
        "# The interface\n\nEvery route of the service, from its OpenAPI description, which a running service gives "
        "at `/api/v1/openapi.json` with all shapes and examples. [The service](../service.md#the-interface) tells "
        "how revisions, runs and publications work together. Send the key as `Authorization: Bearer KEY`. Failures "
        "are problem details (RFC 9457).\n",
        "Every route that needs a key may also answer with these, each with [ProblemOut](#problemout):\n",
        table(("status", "means"), [(f"`{one}`", cell(keyed[0][one]["description"])) for one in sorted(shared)]),
    ]
    text += [operation_text(*one, shared) for one in operations]
    text.append("## Shapes\n\nBodies and answers, by name.\n")
    text += [shape_text(name, shape) for name, shape in sorted(schema["components"]["schemas"].items())]
    return "\n".join(text)


def defaults() -> dict[str, Any]:
    """Return the service's settings as nobody has set them."""
    return {name: field.get_default(call_default_factory=True) for name, field in ServiceSettings.model_fields.items()}


def operation_text(method: str, path: str, operation: dict[str, Any], shared: set[str]) -> str:
    """Return one route's part of the page."""
    lines = [f"## {operation['operationId']}\n\n`{method} {path}`\n"]
    lines.append(f"{cell(operation.get('description') or operation['summary'])}\n")
    lines.append(f"For {who(ACCESS[operation['operationId']])}.\n")
    rows = [
        (f"`{one['name']}`", one["in"], kind_of(one["schema"]), yes(one), cell(one.get("description", "")))
        for one in operation.get("parameters", [])
    ]
    if rows:
        lines.append(table(("parameter", "in", "is", "required", "meaning"), rows))
    for kind, body in operation.get("requestBody", {}).get("content", {}).items():
        lines.append(f"Body, `{kind}`: {kind_of(body['schema'])}\n")
    answers = [
        (f"`{status}`", cell(answer["description"]), ", ".join(answer_kinds(answer)) or "nothing")
        for status, answer in operation["responses"].items()
        if status not in shared
    ]
    lines.append(table(("status", "means", "with"), answers))
    return "\n".join(lines)


def who(access: Access) -> str:
    """Return in words who may use a route."""
    if access.anyone:
        return "anybody, without a key"
    return "planners and plant managers" if access.manager else "planners"


def yes(parameter: dict[str, Any]) -> str:
    """Return whether a parameter must be given."""
    return "yes" if parameter.get("required") else "no"


def answer_kinds(answer: dict[str, Any]) -> list[str]:
    """Return what an answer may hold."""
    return [f"`{kind}` {kind_of(body.get('schema', {}))}".strip() for kind, body in answer.get("content", {}).items()]


def shape_text(name: str, shape: dict[str, Any]) -> str:
    """Return one shape's part of the page."""
    needed = set(shape.get("required", ()))
    rows = [
        (f"`{key}`", kind_of(field), "yes" if key in needed else "no", cell(field.get("description", "")))
        for key, field in shape.get("properties", {}).items()
    ]
    words = cell(shape.get("description", ""))
    told = table(("key", "is", "required", "meaning"), rows) if rows else f"{kind_of(shape)}\n"
    return f"### {name}\n\n{words}\n\n{told}"


def kind_of(schema: dict[str, Any]) -> str:
    """Return a schema in few words, with a link to the shape that it names."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return f"[{name}](#{name.lower()})"
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return " or ".join(dict.fromkeys(kind_of(one) for one in schema[several]))
    if "enum" in schema:
        return ", ".join(f"`{cell(str(value))}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`"
    kind = schema.get("type", "")
    if kind == "array":
        return f"list of {kind_of(schema.get('items', {})) or 'anything'}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {kind_of(schema['additionalProperties']) or 'anything'}"
    if kind == "null":
        return "null"
    return f"{kind} ({schema['format']})" if "format" in schema else kind


PAGES: dict[str, Callable[[], str]] = {
    "reference/tables.md": tables_page,
    "reference/rules.md": rules_page,
    "reference/commands.md": commands_page,
    "reference/api.md": api_page,
}
"""What writes each page of the site."""
