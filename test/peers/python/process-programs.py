"""Runs small programs of several processes, with both start methods: JSON out."""

import json
import multiprocessing
import os
import sys
import threading

counter = 0
lock = threading.Lock()


def returns():
    return 5


def exits():
    sys.exit(3)


def fails():
    sys.stderr = open(os.devnull, 'w')
    raise ValueError('on purpose')


def aborts():
    os.abort()


def waits():
    threading.Event().wait()


def increments(connection):
    global counter
    counter += 1
    connection.send(counter)


def tries(connection):
    connection.send(lock.acquire(blocking=False))


def exits_late(connection):
    def say():
        connection.send('thread')

    threading.Thread(target=say).start()
    sys.exit(4)


def exit_code(context, target, end=None):
    process = context.Process(target=target)
    process.start()
    if end is not None:
        getattr(process, end)()
    process.join()
    return process.exitcode


def asks(context, target):
    mine, its = context.Pipe()
    process = context.Process(target=target, args=(its,))
    process.start()
    answer = mine.recv()
    process.join()
    return [answer, process.exitcode]


def run(method):
    global counter
    context = multiprocessing.get_context(method)
    counter = 10
    lock.acquire()
    answers = {
        'returns': exit_code(context, returns),
        'exits': exit_code(context, exits),
        'fails': exit_code(context, fails),
        'aborts': exit_code(context, aborts),
        'terminated': exit_code(context, waits, 'terminate'),
        'killed': exit_code(context, waits, 'kill'),
        'counter': asks(context, increments),
        'parent': counter,
        'lock': asks(context, tries),
        'late': asks(context, exits_late),
    }
    lock.release()
    return answers


if __name__ == '__main__':
    json.load(sys.stdin)
    json.dump({method: run(method) for method in ('spawn', 'fork')}, sys.stdout)
