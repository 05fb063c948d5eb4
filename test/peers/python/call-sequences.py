"""Performs sequences of calls, each on an object of its own: JSON in, JSON out."""

import collections
import importlib
import json
import sys


def plain(value):
    if isinstance(value, collections.deque):
        return list(value)
    try:
        json.dumps(value)
        return value
    except TypeError:
        return type(value).__name__


def attempt(action):
    try:
        return {'value': plain(action())}
    except BaseException as error:
        return {'raises': type(error).__name__}


def perform(sequence):
    module, name = sequence['make'].rsplit('.', 1)
    make = getattr(importlib.import_module(module), name)
    subject = make(*sequence.get('args', []), **sequence.get('named', {}))
    results = []
    for method, *rest in sequence['calls']:
        args = rest[0] if rest else []
        named = rest[1] if len(rest) > 1 else {}
        member = getattr(subject, method)
        results.append(attempt(lambda: member(*args, **named) if callable(member) else member))
    return results


json.dump([perform(sequence) for sequence in json.load(sys.stdin)], sys.stdout)
