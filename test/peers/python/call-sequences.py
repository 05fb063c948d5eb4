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


def named(path):
    module, name = path.rsplit('.', 1)
    return getattr(importlib.import_module(module), name)


def given(value):
    """An argument: what it says, or what it names: {"the": "builtins.bool"}, {"new": "threading.Lock"}."""
    if isinstance(value, dict) and value.keys() == {'the'}:
        return named(value['the'])
    if isinstance(value, dict) and value.keys() == {'new'}:
        return named(value['new'])()
    return value


def all_given(args, by_name):
    return [given(value) for value in args], {key: given(value) for key, value in by_name.items()}


def perform(sequence):
    args, by_name = all_given(sequence.get('args', []), sequence.get('named', {}))
    subject = named(sequence['make'])(*args, **by_name)
    results = []
    for method, *rest in sequence['calls']:
        args, by_name = all_given(rest[0] if rest else [], rest[1] if len(rest) > 1 else {})
        member = getattr(subject, method)
        results.append(attempt(lambda: member(*args, **by_name) if callable(member) else member))
    return results


json.dump([perform(sequence) for sequence in json.load(sys.stdin)], sys.stdout)
