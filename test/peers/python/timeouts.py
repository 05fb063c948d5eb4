"""Waits with timeouts, as CPython does them, with small real seconds: JSON in, how each ended out.

A question is `{what, given, needed}` in units: whoever waits gives up after `given`, and what is waited for comes after `needed`.
"""

import asyncio
import concurrent.futures
import json
import multiprocessing
import queue
import sys
import threading
import time

UNIT = 0.2
processes = multiprocessing.get_context('fork')


def after(seconds, do):
    threading.Thread(target=lambda: (time.sleep(seconds), do()), daemon=True).start()


def unless(error, do):
    try:
        do()
        return True
    except error:
        return False


def held(lock, given, needed):
    taken = threading.Event()

    def hold():
        with lock:
            taken.set()
            time.sleep(needed)

    threading.Thread(target=hold, daemon=True).start()
    taken.wait()
    return lock.acquire(timeout=given)


def semaphore(given, needed):
    one = threading.Semaphore(0)
    after(needed, one.release)
    return one.acquire(timeout=given)


def event(given, needed):
    one = threading.Event()
    after(needed, one.set)
    return one.wait(given)


def condition(given, needed):
    one = threading.Condition()

    def notify():
        with one:
            one.notify()

    with one:
        after(needed, notify)
        return one.wait(given)


def wait_for(given, needed, in_vain=()):
    one = threading.Condition()
    ready = []

    def provide():
        with one:
            ready.append(True)
            one.notify()

    def notify():
        with one:
            one.notify()

    with one:
        after(needed, provide)
        for seconds in in_vain:
            after(seconds, notify)
        return one.wait_for(lambda: bool(ready), given)


def barrier(given, needed):
    one = threading.Barrier(2)
    after(needed, lambda: unless(threading.BrokenBarrierError, one.wait))
    return unless(threading.BrokenBarrierError, lambda: one.wait(given))


def get(make):
    def run(given, needed):
        one = make()
        after(needed, lambda: one.put(1))
        return unless(queue.Empty, lambda: one.get(timeout=given))

    return run


def put(given, needed):
    one = queue.Queue(1)
    one.put(1)
    after(needed, one.get)
    return unless(queue.Full, lambda: one.put(2, timeout=given))


def future(ask):
    def run(given, needed):
        one = concurrent.futures.Future()
        after(needed, lambda: one.set_result('done'))
        return ask(one, given)

    return run


def as_completed(given, needed):
    """The caller takes its time with the first, which is part of the limit."""
    first, second = concurrent.futures.Future(), concurrent.futures.Future()
    first.set_result(1)
    second.set_result(2) if needed == 0 else after(needed, lambda: second.set_result(2))
    return unless(TimeoutError, lambda: list(concurrent.futures.as_completed([first, second], given)))


def lingering(given, needed):
    """All that comes is there in time, but the caller lingers over what came first."""
    first, second = concurrent.futures.Future(), concurrent.futures.Future()
    first.set_result(1)
    after(given / 2, lambda: second.set_result(2))

    def run():
        for _ in concurrent.futures.as_completed([first, second], given):
            time.sleep(needed)

    return unless(TimeoutError, run)


def pool_map(kind):
    def run(given, needed):
        with kind(1) as pool:
            return unless(TimeoutError, lambda: list(pool.map(time.sleep, [needed], timeout=given)))

    return run


def map_in_turn(given, needed):
    """Two jobs, each of which takes less than the limit."""
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        return unless(TimeoutError, lambda: list(pool.map(time.sleep, [needed / 2, needed / 2], timeout=given)))


def join(given, needed):
    one = threading.Thread(target=time.sleep, args=[needed])
    one.start()
    one.join(given)
    return not one.is_alive()


def process(target, args=()):
    one = processes.Process(target=target, args=args, daemon=True)
    one.start()
    return one


def process_join(given, needed):
    one = process(time.sleep, [needed])
    one.join(given)
    return one.exitcode is not None


def process_get(given, needed):
    one = processes.Queue()
    process(lambda: (time.sleep(needed), one.put(1)))
    return unless(queue.Empty, lambda: one.get(timeout=given))


def process_put(given, needed):
    one = processes.Queue(1)
    one.put(1)
    process(lambda: (time.sleep(needed), one.get()))
    return unless(queue.Full, lambda: one.put(2, timeout=given))


def poll(given, needed):
    receiver, sender = processes.Pipe(False)
    after(needed, lambda: sender.send(1))
    return receiver.poll(given)


def timer(given, needed):
    fired = []
    one = threading.Timer(given, lambda: fired.append(True))
    one.start()
    after(needed, one.cancel)
    one.join()
    return not fired


def loop(body):
    return lambda given, needed: unless(TimeoutError, lambda: asyncio.run(body(given, needed)))


async def loop_wait_for(given, needed):
    await asyncio.wait_for(asyncio.sleep(needed), given)


async def loop_timeout(given, needed):
    async with asyncio.timeout(given):
        await asyncio.sleep(needed)


async def loop_to_thread(given, needed):
    await asyncio.wait_for(asyncio.to_thread(time.sleep, needed), given)


async def loop_wait(given, needed):
    done, _ = await asyncio.wait([asyncio.create_task(asyncio.sleep(needed))], timeout=given)
    return len(done) == 1


async def call_later(given, needed):
    called = []
    handle = asyncio.get_running_loop().call_later(given, called.append, True)
    await asyncio.sleep(needed)
    handle.cancel()
    return not called


WAITS = {
    'Lock.acquire': lambda given, needed: held(threading.Lock(), given, needed),
    'RLock.acquire': lambda given, needed: held(threading.RLock(), given, needed),
    'Semaphore.acquire': semaphore,
    'BoundedSemaphore.acquire': lambda given, needed: held(threading.BoundedSemaphore(1), given, needed),
    'Event.wait': event,
    'Condition.wait': condition,
    'Condition.waitFor': wait_for,
    'Condition.waitFor, notified in vain': lambda given, needed: wait_for(given, needed, [given / 2]),
    'Barrier.wait': barrier,
    'Queue.get': get(queue.Queue),
    'LifoQueue.get': get(queue.LifoQueue),
    'PriorityQueue.get': get(queue.PriorityQueue),
    'SimpleQueue.get': get(queue.SimpleQueue),
    'Queue.put': put,
    'Future.result': future(lambda one, given: unless(TimeoutError, lambda: one.result(given))),
    'Future.exception': future(lambda one, given: unless(TimeoutError, lambda: one.exception(given))),
    'wait': future(lambda one, given: len(concurrent.futures.wait([one], given).done) == 1),
    'asCompleted': as_completed,
    'asCompleted, lingering': lingering,
    'ThreadPool.map': pool_map(concurrent.futures.ThreadPoolExecutor),
    'ThreadPool.map, in turn': map_in_turn,
    'ProcessPool.map': pool_map(concurrent.futures.ProcessPoolExecutor),
    'Thread.join': join,
    'Process.join': process_join,
    'process Queue.get': process_get,
    'process Queue.put': process_put,
    'Connection.poll': poll,
    'Timer': timer,
    'waitFor in an event loop': loop(loop_wait_for),
    'timeout in an event loop': loop(loop_timeout),
    'wait in an event loop': lambda given, needed: asyncio.run(loop_wait(given, needed)),
    'callLater and cancel in an event loop': lambda given, needed: asyncio.run(call_later(given, needed)),
    'waitFor of a thread that sleeps, in an event loop': loop(loop_to_thread),
}


def answer(question):
    given, needed = question['given'] * UNIT, question['needed'] * UNIT
    return 'in time' if WAITS[question['what']](given, needed) else 'too late'


if __name__ == '__main__':
    json.dump([answer(question) for question in json.load(sys.stdin)], sys.stdout)
