"""Sequences of calls of one client on multiprocessing pools of one process: JSON in, JSON out. Sequences share a pool until one of them ends it."""

import json
import multiprocessing
import os
import sys
import time

COUNTER = 0
FORK = multiprocessing.get_context('fork')
# No events: they hang once somebody was killed who waits for one.
STARTED = FORK.RawValue('i', 0)
GO = FORK.RawValue('i', 0)
SHORT = 0.01


def reset():
    global COUNTER
    COUNTER = 0


def square(number):
    if number < 0:
        raise ValueError(number)
    return number * number


def add(one, other):
    return one + other


def count():
    global COUNTER
    COUNTER += 1
    return COUNTER


def who(_item):
    return os.getpid()


def wait_for(flag):
    while flag.value == 0:
        time.sleep(0.0005)


def block():
    STARTED.value = 1
    wait_for(GO)


def crash():
    os._exit(1)


def leave():
    sys.exit(2)


unnamed = lambda *_arguments: None  # noqa: E731


def give_unnamed():
    return unnamed


def kind(action):
    try:
        action()
        return None
    except Exception as error:
        return type(error).__name__


def numbered(pids):
    """Numbers in the place of processes, in the order in which they come."""
    met = list(dict.fromkeys(pids))
    return [met.index(pid) for pid in pids]


def items(iterator, most):
    """What asking so often gives."""
    found = []
    for _ in range(most):
        try:
            found.append(next(iterator))
        except StopIteration:
            found.append('end')
        except Exception as error:
            found.append(type(error).__name__)
    return found


class Client:
    def __init__(self):
        self.pool = None
        self.pools = 0
        self.at_most = None

    def begin(self, at_most):
        global COUNTER
        if self.pool is not None and (at_most, self.at_most) != (None, None):
            self.end()
        if self.pool is None:
            COUNTER = 0
            self.pool = FORK.Pool(1, maxtasksperchild=at_most)
            self.pools += 1
            self.at_most = at_most
        elif at_most is None:
            COUNTER = 0
            self.pool.apply(reset)

    def end(self):
        self.pool.terminate()
        self.pool.join()
        self.pool = None

    def apply(self, number):
        return self.pool.apply(square, (number,))

    def async_(self, number):
        result = self.pool.apply_async(square, (number,))
        result.wait()
        return [result.ready(), result.successful(), kind(result.get)]

    def map(self, numbers, chunksize):
        return self.pool.map(square, numbers, chunksize)

    def starmap(self, pairs, chunksize):
        return self.pool.starmap(add, pairs, chunksize)

    def mapped(self, numbers, chunksize):
        seen = []
        result = self.pool.map_async(
            square,
            numbers,
            chunksize,
            callback=lambda value: seen.append(value),
            error_callback=lambda error: seen.append(type(error).__name__),
        )
        result.wait()
        return [seen, result.successful()]

    def called(self, number):
        seen = []
        result = self.pool.apply_async(
            square,
            (number,),
            callback=lambda value: seen.append(value),
            error_callback=lambda error: seen.append(type(error).__name__),
        )
        result.wait()
        return seen

    def imap(self, numbers, chunksize):
        return items(self.pool.imap(square, numbers, chunksize), len(numbers) + 2)

    def unordered(self, numbers, chunksize):
        return items(self.pool.imap_unordered(square, numbers, chunksize), len(numbers) + 2)

    def who(self, count, chunksize):
        return numbered(self.pool.map(who, range(count), chunksize))

    def count(self, times):
        return [self.pool.apply(count) for _ in range(times)]

    def parent(self):
        return COUNTER

    def count_here(self):
        return count()

    def argument(self):
        return self.pool.apply(square, (unnamed,))

    def unnamed(self):
        return self.pool.apply(give_unnamed)

    def crash(self, exits):
        lost = self.pool.apply_async(leave if exits else crash)
        later = self.pool.apply(square, (2,))
        return [later, lost.ready(), kind(lost.successful)]

    def queued(self, jobs):
        STARTED.value = GO.value = 0
        blocking = self.pool.apply_async(block)
        wait_for(STARTED)
        results = [self.pool.apply_async(square, (number,)) for number in range(jobs)]
        iterator = self.pool.imap(square, range(jobs))
        seen = [result.ready() for result in results]
        kinds = [kind(lambda: blocking.get(SHORT)), kind(blocking.successful), kind(lambda: iterator.next(SHORT)) if jobs > 0 else None]
        GO.value = 1
        return [seen, kinds, blocking.get(), [result.get() for result in results], items(iterator, jobs + 1)]

    def join_early(self):
        self.pool.join()

    def refused(self):
        return [
            kind(lambda: self.pool.apply(square, (1,))),
            kind(lambda: self.pool.map_async(square, [])),
            kind(lambda: self.pool.imap(square, [1])),
            kind(self.pool.__enter__),
        ]

    def blocked(self, jobs):
        STARTED.value = GO.value = 0
        blocking = self.pool.apply_async(block)
        wait_for(STARTED)
        return [blocking, *(self.pool.apply_async(square, (number,)) for number in range(jobs))]

    def close(self, jobs):
        pool = self.pool
        results = self.blocked(jobs)
        pool.close()
        pool.close()
        refused = self.refused()
        GO.value = 1
        pool.join()
        pool.terminate()
        pool.join()
        self.pool = None
        return [refused, [result.get() for result in results]]

    def terminate(self, jobs):
        pool = self.pool
        results = self.blocked(jobs)
        pool.terminate()
        refused = self.refused()
        pool.terminate()
        pool.close()
        pool.join()
        self.pool = None
        return [refused, [result.ready() for result in results]]

    def context(self, number):
        with self.pool as pool:
            done = pool.apply_async(square, (number,))
            done.wait()
            results = self.blocked(1)
        refused = self.refused()
        self.pool = None
        return [refused, done.successful(), [result.ready() for result in results]]


def attempt(method, arguments):
    try:
        return {'value': method(*arguments)}
    except Exception as error:
        return {'raises': type(error).__name__}


def perform(client, sequence):
    client.begin(sequence['atMost'])
    results = [attempt(getattr(client, name), arguments) for name, *arguments in sequence['calls']]
    if client.pool is not None and any(name == 'crash' for name, *_ in sequence['calls']):
        client.end()
    return results


if __name__ == '__main__':
    sys.stderr = open(os.devnull, 'w')
    client = Client()
    results = [perform(client, sequence) for sequence in json.load(sys.stdin)]
    if client.pool is not None:
        client.end()
    json.dump({'results': results, 'pools': client.pools}, sys.stdout)
