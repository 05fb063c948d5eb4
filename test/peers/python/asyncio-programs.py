"""Runs asyncio programs that are given as data: JSON in, their logs out.

Time is virtual: the selector never sleeps, it moves the clock. With a seed, some time also passes after every timer that is set and in
every look for events, so that durations vary as they do on a real computer. In `frozen` time nothing else takes any, and in `fine` time
every look at the clock takes a little, however much the seed says, but less than the clock's resolution in all.

A question is `{program, seed, time}`, an answer `{log, result, end}`; in frozen and fine time what is noted comes with the time.
"""

import asyncio
import concurrent.futures
import json
import random
import selectors
import sys

FOREVER = 3600.0
# What in fine time the moments of one instant differ by at most, in seconds.
RESOLUTION = 0.01


class Deadlock(BaseException):
    pass


class Clock(selectors.SelectSelector):
    def __init__(self, seed, time):
        super().__init__()
        self.now = 0.0
        self.random = None if seed is None else random.Random(seed)
        self.time = time
        # Threads that sleep: when each wakes up, and what it does then.
        self.sleepers = []

    def pass_time(self):
        if self.time == 'coarse' and self.random is not None:
            self.now += self.random.choice([0.0, 1e-6, 0.5, 1.0, 2.0])

    def look(self):
        if self.time == 'coarse':
            self.now += 1e-7
        elif self.time == 'fine':
            self.now += self.random.choice([1e-9, 1e-7, 1e-5])
        return self.now

    def select(self, timeout=None):
        wakes = min((when for when, _ in self.sleepers), default=None)
        if wakes is not None and (timeout is None or wakes <= self.now + timeout):
            self.now = max(self.now, wakes)
        elif timeout is None or timeout > FOREVER:
            raise Deadlock()
        else:
            self.now += timeout
        self.pass_time()
        self.wake()
        return super().select(0)

    def wake(self):
        awake = [one for one in self.sleepers if one[0] <= self.now]
        self.sleepers = [one for one in self.sleepers if one[0] > self.now]
        for _, do in sorted(awake, key=lambda one: one[0]):
            do()


class SleepingThreads(concurrent.futures.Executor):
    """Threads that do nothing but sleep."""

    def __init__(self, clock):
        self.clock = clock

    def submit(self, seconds):
        future = concurrent.futures.Future()
        future.set_running_or_notify_cancel()
        self.clock.sleepers.append((self.clock.now + seconds, lambda: future.set_result(None)))
        return future


class Loop(asyncio.SelectorEventLoop):
    def __init__(self, seed, time):
        self.clock = Clock(seed, time)
        super().__init__(self.clock)
        if time == 'fine':
            self._clock_resolution = RESOLUTION

    def time(self):
        return self.clock.look()

    def call_at(self, when, callback, *args, context=None):
        handle = super().call_at(when, callback, *args, context=context)
        self.clock.pass_time()
        return handle


def seconds(given):
    return float('inf') if given == 'forever' else given


def plain(value):
    if isinstance(value, BaseException):
        return type(value).__name__
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value


class Interpreter:
    def __init__(self, program, clock):
        self.log = []
        self.clock = clock
        self.is_over = False
        self.locks = [asyncio.Lock() for _ in range(2)]
        self.semaphores = [asyncio.Semaphore(1), asyncio.BoundedSemaphore(2)]
        self.events = [asyncio.Event() for _ in range(2)]
        self.conditions = [asyncio.Condition(), asyncio.Condition(self.locks[1])]
        self.queues = [asyncio.Queue(), asyncio.Queue(1), asyncio.LifoQueue(2), asyncio.PriorityQueue()]
        self.futures = []
        self.program = program

    def note(self, *entry):
        if self.is_over:
            return
        at = [] if self.clock.time == 'coarse' else [moment(self.clock)]
        self.log.append([plain(one) for one in entry] + at)

    async def main(self):
        self.futures = [asyncio.get_running_loop().create_future() for _ in range(2)]
        await self.body(self.program, 'm', [])
        return 'end'

    async def body(self, statements, name, known):
        children = []
        try:
            await self.block(statements, name, known, children)
            return name
        finally:
            for child in children:
                child.cancel()
            while True:
                try:
                    await asyncio.gather(*children, return_exceptions=True)
                    break
                except asyncio.CancelledError:
                    self.note(name, 'cancelled at the end')

    async def block(self, statements, name, known, children):
        for statement in statements:
            await self.statement(statement, name, known, children)

    async def statement(self, statement, name, known, children):
        word, *args = statement
        compound = getattr(self, 'do_' + word, None)
        if compound is not None:
            await compound(name, known, children, *args)
            return
        try:
            result = await getattr(self, 'leaf_' + word)(name, known, *args)
            self.note(name, word, result)
        except asyncio.CancelledError:
            self.note(name, word, 'CancelledError')
            raise
        except Exception as error:
            self.note(name, word, error)

    # compound statements: errors go through them

    async def do_spawn(self, name, known, children, body):
        child = f'{name}.{len(children)}'
        task = asyncio.create_task(self.body(body, child, list(known)), name=child)
        known.append(task)
        children.append(task)

    async def do_raise(self, name, known, children):
        self.note(name, 'raise')
        raise ValueError('raised')

    async def do_lock(self, name, known, children, i, body):
        async with self.locks[i]:
            self.note(name, 'locked', i)
            await self.block(body, name, known, children)

    async def do_semaphore(self, name, known, children, i, body):
        async with self.semaphores[i]:
            self.note(name, 'entered', i)
            await self.block(body, name, known, children)

    async def do_condition(self, name, known, children, i, body):
        async with self.conditions[i]:
            self.note(name, 'held', i)
            await self.block(body, name, known, children)

    async def do_tryFinally(self, name, known, children, body, cleanup):
        try:
            await self.block(body, name, known, children)
        finally:
            self.note(name, 'finally')
            await self.block(cleanup, name, known, children)

    async def do_catchCancel(self, name, known, children, body):
        try:
            await self.block(body, name, known, children)
        except asyncio.CancelledError:
            self.note(name, 'caught')

    async def do_timeout(self, name, known, children, limit, body):
        try:
            async with asyncio.timeout(seconds(limit)):
                await self.block(body, name, known, children)
        except TimeoutError as error:
            self.note(name, 'timeout', error)

    async def do_group(self, name, known, children, bodies, body):
        try:
            async with asyncio.TaskGroup() as group:
                for i, one in enumerate(bodies):
                    known.append(group.create_task(self.body(one, f'{name}.g{i}', list(known)), name='g'))
                await self.block(body, name, known, children)
            self.note(name, 'group')
        except ExceptionGroup as error:
            self.note(name, 'group', sorted(type(one).__name__ for one in error.exceptions))

    # leaves: errors other than cancellation are noted

    async def leaf_log(self, name, known, value):
        return value

    async def leaf_sleep(self, name, known, duration):
        await asyncio.sleep(duration)

    async def leaf_block(self, name, known, duration):
        # What `time.sleep` does; threads go on meanwhile.
        self.clock.now += duration
        self.clock.wake()

    async def leaf_toThread(self, name, known, duration):
        # What `asyncio.to_thread` does; the default executor would have real threads.
        await asyncio.get_running_loop().run_in_executor(SleepingThreads(self.clock), duration)

    def pick(self, known, k):
        return known[k % len(known)]

    async def leaf_await(self, name, known, k):
        return await self.pick(known, k) if known else 'nobody'

    async def leaf_cancel(self, name, known, k):
        return self.pick(known, k).cancel() if known else 'nobody'

    async def leaf_cancelling(self, name, known, k):
        return self.pick(known, k).cancelling() if known else 'nobody'

    async def leaf_gather(self, name, known, ks, return_exceptions):
        return await asyncio.gather(
            *[self.pick(known, k) for k in ks if known], return_exceptions=return_exceptions
        )

    async def leaf_wait(self, name, known, ks, when, limit):
        if not known:
            return 'nobody'
        chosen = [self.pick(known, k) for k in ks]
        timeout = None if limit is None else seconds(limit)
        done, pending = await asyncio.wait(chosen, return_when=when, timeout=timeout)
        return [one in done for one in chosen]

    async def leaf_waitFor(self, name, known, k, limit):
        return await asyncio.wait_for(self.pick(known, k), seconds(limit)) if known else 'nobody'

    async def leaf_waitForNew(self, name, known, limit, body):
        return await asyncio.wait_for(asyncio.create_task(self.body(body, f'{name}.w', list(known))), seconds(limit))

    async def leaf_shield(self, name, known, k):
        return await asyncio.shield(self.pick(known, k)) if known else 'nobody'

    async def leaf_waitForShield(self, name, known, k, limit):
        return await asyncio.wait_for(asyncio.shield(self.pick(known, k)), seconds(limit)) if known else 'nobody'

    async def leaf_waitForGather(self, name, known, ks, limit):
        both = asyncio.gather(*[self.pick(known, k) for k in ks if known])
        return await asyncio.wait_for(both, seconds(limit))

    async def leaf_done(self, name, known, k):
        return self.pick(known, k).done() if known else 'nobody'

    async def leaf_cancelled(self, name, known, k):
        return self.pick(known, k).cancelled() if known else 'nobody'

    async def leaf_result(self, name, known, k):
        return self.pick(known, k).result() if known else 'nobody'

    async def leaf_exception(self, name, known, k):
        return self.pick(known, k).exception() if known else 'nobody'

    async def leaf_onDone(self, name, known, k, label):
        if known:
            self.pick(known, k).add_done_callback(lambda _task: self.note('callback', label))

    async def leaf_callSoon(self, name, known, label, actions):
        asyncio.get_running_loop().call_soon(self.callback, label, actions)

    async def leaf_callSoonCancelled(self, name, known, label):
        asyncio.get_running_loop().call_soon(self.callback, label, []).cancel()

    def callback(self, label, actions):
        self.note('callback', label)
        for word, *args in actions:
            try:
                self.note('callback', word, getattr(self, 'now_' + word)(*args))
            except Exception as error:
                self.note('callback', word, error)

    async def leaf_lockRelease(self, name, known, i):
        self.locks[i].release()

    async def leaf_lockAcquire(self, name, known, i):
        await self.locks[i].acquire()

    async def leaf_semaphoreRelease(self, name, known, i):
        self.semaphores[i].release()

    async def leaf_semaphoreAcquire(self, name, known, i):
        await self.semaphores[i].acquire()

    async def leaf_locked(self, name, known, i):
        return [self.locks[i].locked(), self.semaphores[i].locked()]

    async def leaf_waitEvent(self, name, known, i):
        return await self.events[i].wait()

    async def leaf_conditionWait(self, name, known, i):
        return await self.conditions[i].wait()

    async def leaf_notify(self, name, known, i, n):
        self.conditions[i].notify(n)

    async def leaf_notifyAll(self, name, known, i):
        self.conditions[i].notify_all()

    async def leaf_put(self, name, known, i, value):
        await self.queues[i].put(value)

    async def leaf_get(self, name, known, i):
        return await self.queues[i].get()

    async def leaf_joinQueue(self, name, known, i):
        await self.queues[i].join()

    async def leaf_awaitFuture(self, name, known, i):
        return await self.futures[i]

    async def leaf_now(self, name, known, word, *args):
        return getattr(self, 'now_' + word)(*args)

    # what callbacks can do as well

    def now_set(self, i):
        self.events[i].set()

    def now_clear(self, i):
        self.events[i].clear()

    def now_putNowait(self, i, value):
        self.queues[i].put_nowait(value)

    def now_getNowait(self, i):
        return self.queues[i].get_nowait()

    def now_taskDone(self, i):
        self.queues[i].task_done()

    def now_setFuture(self, i, value):
        self.futures[i].set_result(value)

    def now_failFuture(self, i):
        self.futures[i].set_exception(ValueError('future'))

    def now_cancelFuture(self, i):
        return self.futures[i].cancel()


def moment(clock):
    """The time without what looking at the clock has taken."""
    return round(clock.now, 6 if clock.time == 'frozen' else 1)


def run(question):
    result = None
    runner = asyncio.Runner(loop_factory=lambda: Loop(question.get('seed'), question.get('time', 'coarse')))
    clock = runner.get_loop().clock
    interpreter = Interpreter(question['program'], clock)
    try:
        runner.get_loop().set_exception_handler(lambda _loop, _context: None)
        result = runner.run(interpreter.main())
    except Deadlock:
        result = 'deadlock'
        interpreter.is_over = True
    except BaseException as error:
        result = plain(error)
    try:
        runner.close()
    except Deadlock:
        result = 'deadlock'
    # The loop does not end before the threads that sleep.
    clock.now = max([clock.now] + [when for when, _ in clock.sleepers])
    knows_end = clock.time != 'coarse' and result != 'deadlock'
    return {'log': interpreter.log, 'result': result, 'end': moment(clock) if knows_end else None}


json.dump([run(question) for question in json.load(sys.stdin)], sys.stdout)
