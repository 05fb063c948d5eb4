"""Sequences of calls of one client on pools of one process: JSON in, JSON out. Sequences share a pool until one of them ends it."""

import json
import multiprocessing
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor

COUNTER = 0
FORK = multiprocessing.get_context('fork')
STARTED = FORK.Event()
GO = FORK.Event()
# Long enough for the pool's own thread to have done all it can.
SETTLED = 0.03


def reset(start):
    global COUNTER
    COUNTER = start


def square(number):
    if number < 0:
        raise ValueError(number)
    return number * number


def count():
    global COUNTER
    COUNTER += 1
    return COUNTER


def block():
    STARTED.set()
    GO.wait()


def crash():
    os._exit(1)


unnamed = lambda *_arguments: None  # noqa: E731


def give_unnamed():
    return unnamed


class Client:
    def __init__(self):
        self.pool = None
        self.pools = 0

    def begin(self):
        if self.pool is None:
            self.pool = ProcessPoolExecutor(1, mp_context=FORK)
            self.pools += 1
        self.pool.submit(reset, 0).result()

    def square(self, number):
        return self.pool.submit(square, number).result()

    def exception(self, number):
        error = self.pool.submit(square, number).exception()
        return None if error is None else type(error).__name__

    def map(self, numbers, chunksize):
        return list(self.pool.map(square, numbers, chunksize=chunksize))

    def count(self, times):
        return [self.pool.submit(count).result() for _ in range(times)]

    def parent(self):
        return COUNTER

    def argument(self):
        return type(self.pool.submit(square, unnamed).exception()).__name__

    def unnamed(self):
        return type(self.pool.submit(give_unnamed).exception()).__name__

    def late(self):
        future = self.pool.submit(square, 2)
        future.result()
        return [future.cancel(), future.done(), future.running(), future.cancelled()]

    def callback(self, number):
        seen = []
        future = self.pool.submit(square, number)
        future.add_done_callback(lambda done: seen.append(done.exception() is None))
        future.exception()
        time.sleep(SETTLED)
        return seen

    def queued(self, jobs, is_reversed):
        STARTED.clear()
        GO.clear()
        blocking = self.pool.submit(block)
        STARTED.wait()
        futures = [self.pool.submit(square, number) for number in range(jobs)]
        time.sleep(SETTLED)
        running = [future.running() for future in futures]
        order = list(range(jobs))
        if is_reversed:
            order.reverse()
        cancelled = [futures[number].cancel() for number in order]
        GO.set()
        blocking.result()
        return [running, cancelled, [None if future.cancelled() else future.result() for future in futures]]

    def crash(self):
        error = self.pool.submit(crash).exception()
        kinds = [type(error).__name__]
        try:
            self.pool.submit(square, 1)
        except Exception as error:
            kinds.append(type(error).__name__)
        self.pool.shutdown()
        self.pool = None
        return kinds

    def shutdown(self, jobs, cancels):
        STARTED.clear()
        GO.clear()
        blocking = self.pool.submit(block)
        STARTED.wait()
        futures = [self.pool.submit(square, number) for number in range(jobs)]
        time.sleep(SETTLED)
        self.pool.shutdown(wait=False, cancel_futures=cancels)
        time.sleep(SETTLED)
        GO.set()
        self.pool.shutdown(cancel_futures=cancels)
        try:
            self.pool.submit(square, 1)
            refused = None
        except Exception as error:
            refused = type(error).__name__
        self.pool = None
        blocking.result()
        return [refused, [None if future.cancelled() else future.result() for future in futures]]


def attempt(method, arguments):
    try:
        return {'value': method(*arguments)}
    except Exception as error:
        return {'raises': type(error).__name__}


def perform(client, calls):
    client.begin()
    return [attempt(getattr(client, name), arguments) for name, *arguments in calls]


if __name__ == '__main__':
    client = Client()
    results = [perform(client, calls) for calls in json.load(sys.stdin)]
    if client.pool is not None:
        client.pool.shutdown()
    json.dump({'results': results, 'pools': client.pools}, sys.stdout)
