"""Performs sequences of calls on what processes communicate with: JSON in, JSON out."""

import json
import multiprocessing
import sys


def attempt(action):
    try:
        return {'value': action()}
    except BaseException as error:
        return {'raises': type(error).__name__}


def recv(connection):
    return connection.recv() if connection.poll() else 'nothing'


def element(subject, method, args):
    """What is said by brackets and operators in Python."""
    if method == 'at':
        return subject[args[0]]
    if method == 'set':
        subject[args[0]] = args[1]
        return None
    if method == 'delete':
        del subject[args[0]]
        return None
    if method == 'has':
        return args[0] in subject
    if method == 'size':
        return len(subject)
    if method == 'listed':
        return list(subject)
    if method in ('keys', 'values', 'items'):
        return [list(each) if isinstance(each, tuple) else each for each in getattr(subject, method)()]
    if method == 'readValue':
        return subject.value
    if method == 'writeValue':
        subject.value = args[0]
        return None
    result = getattr(subject, method)(*args)
    return list(result) if isinstance(result, tuple) else result


def perform_pipe(sequence):
    ends = multiprocessing.Pipe(sequence['duplex'])
    results = []
    for end, method, *args in sequence['calls']:
        connection = ends[end]
        results.append(attempt(lambda: recv(connection) if method == 'recv' else getattr(connection, method)(*args)))
    return results


def perform(sequence, manager):
    kind = sequence['kind']
    if kind == 'pipe':
        return perform_pipe(sequence)
    if kind == 'dict':
        subject = manager.dict(sequence['initial'])
    elif kind == 'list':
        subject = manager.list(sequence['initial'])
    elif kind == 'array':
        subject = multiprocessing.Array('i', sequence['initial'])
    else:
        subject = multiprocessing.Value('i', sequence['initial'])
    return [attempt(lambda: element(subject, method, args)) for method, *args in sequence['calls']]


if __name__ == '__main__':
    with multiprocessing.Manager() as shared:
        json.dump([perform(sequence, shared) for sequence in json.load(sys.stdin)], sys.stdout)
