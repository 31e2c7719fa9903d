"""Texts about the log of `get_variable` calls beside the log itself: what only looks shared, and questions for learners."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .reading import record_of
from .scopes_text import for_slots, site_words
from .words import plural


def lookalikes(graph: Any) -> list[tuple[int, int]]:
    """Returns pairs (variable, earlier variable): made by `tf.Variable` under a name that was only made unique, so nothing is shared."""
    record = record_of(graph)
    first: dict[str, int] = {}
    found = []
    for index, variable in enumerate(record.variables):
        if variable["maker"] == "slot":
            continue
        plain = "/".join(re.sub(r"_\d+$", "", part) for part in variable["name"].split("/"))
        if plain not in first:
            first[plain] = index
        elif variable["how"] == "Variable":
            found.append((index, first[plain]))
    return found


def lookalikes_text(graph: Any) -> str:
    """Returns a line for each variable that only looks as if it shared an earlier one; "" when there is none."""
    record = record_of(graph)
    lines = []
    for index, like in lookalikes(record):
        variable = record.variables[index]
        where = site_words(record, variable["site"])
        lines.append(
            f"{variable['name']} at {where} only looks like {record.variables[like]['name']}: tf.Variable always makes\n"
        )
    return "".join(lines)


def questions(graph: Any) -> list[list[dict[str, Any]]]:
    """Returns the questions of predict mode: calls that one line of the program caused and that all did the same."""
    record = record_of(graph)
    found: list[list[dict[str, Any]]] = []
    last: tuple[Any, ...] = ()
    for request in record.requests:
        via = request["via"]
        key = (via[0], request["cell"], sayable(request["word"])) if via else ()
        if found and key and key == last:
            found[-1].append(request)
        else:
            found.append([request])
        last = key
    return [each for each in found if not for_slots(each[0])]


def sayable(word: str) -> str:
    """Returns what a person can say of a call: "shared, but" is a kind of shared."""
    return "shared" if word == "shared, but" else word


def prediction_text(graph: Any, answers: Mapping[Any, str]) -> str:
    """Returns the questions, with the verdicts of those that were answered.

    Args:
      graph: the graph, or its record.
      answers: number of the first call of a question (as int or text) to "made", "shared" or "refused".
    """
    record = record_of(graph)
    asked = questions(record)
    said = {str(number): word for number, word in answers.items()}
    given = [(each, said.get(str(each[0]["number"]))) for each in asked]
    right = sum(word == sayable(each[0]["word"]) for each, word in given)
    done = sum(word is not None for _, word in given)
    lines = [f"{record.graph['label']}: {plural(len(asked), 'question')}, {done} answered, {right} right"]
    for each, word in given:
        request, last = each[0], each[-1]
        calls = f"calls {request['number']} to {last['number']}" if len(each) > 1 else f"call {request['number']}"
        verdict = (
            f"you said {word}, it is {request['word']}" if word else "hidden until you answer: made, shared or refused?"
        )
        where = site_words(record, request["site"])
        lines.append(f"{calls} {request['name']} at {where}, {request['mode']}: {verdict}")
    return "\n".join(lines) + "\n"
