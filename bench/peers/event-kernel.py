"""The programs of the benchmark of the simulator's kernel, in Python.

`python3 event-kernel.py version` tells which engine there is: SimPy if it can be imported, otherwise a minimal loop
around heapq. `python3 event-kernel.py queue|ping NUMBERS...` runs a program once and prints the processor time.
"""

import heapq
import json
import random
import sys
import time
from collections import deque

try:
    import simpy
except ImportError:
    simpy = None


def simpy_queue(customers, arrival_rate, service_rate, servers):
    env = simpy.Environment()
    resource = simpy.Resource(env, servers)
    waited = 0.0

    def customer():
        nonlocal waited
        arrived = env.now
        with resource.request() as request:
            yield request
            waited += env.now - arrived
            yield env.timeout(random.expovariate(service_rate))

    def source():
        for _ in range(customers):
            yield env.timeout(random.expovariate(arrival_rate))
            env.process(customer())

    env.process(source())
    env.run()
    return waited / customers


def simpy_ping(processes, waits, is_random):
    env = simpy.Environment()
    done = 0

    def pinging():
        nonlocal done
        for _ in range(waits):
            yield env.timeout(random.random() if is_random else 1)
            done += 1

    for _ in range(processes):
        env.process(pinging())
    env.run()
    return done


class Loop:
    """No more than the programs need: generators that yield delays, on a heap."""

    def __init__(self):
        self.now = 0.0
        self.heap = []
        self.sequence = 0

    def at(self, time, process):
        self.sequence += 1
        heapq.heappush(self.heap, (time, self.sequence, process))

    def run(self):
        heap = self.heap
        pop = heapq.heappop
        push = heapq.heappush
        while heap:
            self.now, _, process = pop(heap)
            try:
                delay = next(process)
            except StopIteration:
                continue
            if delay is not None:
                self.sequence += 1
                push(heap, (self.now + delay, self.sequence, process))


def loop_queue(customers, arrival_rate, service_rate, servers):
    loop = Loop()
    waiting = deque()
    free = servers
    waited = 0.0

    def customer(itself):
        nonlocal free, waited
        arrived = loop.now
        if free > 0:
            free -= 1
        else:
            waiting.append(itself[0])
            yield None
        waited += loop.now - arrived
        yield random.expovariate(service_rate)
        if waiting:
            loop.at(loop.now, waiting.popleft())
        else:
            free += 1

    def source():
        for _ in range(customers):
            yield random.expovariate(arrival_rate)
            itself = []
            itself.append(customer(itself))
            loop.at(loop.now, itself[0])

    loop.at(0.0, source())
    loop.run()
    return waited / customers


def loop_ping(processes, waits, is_random):
    loop = Loop()
    done = 0

    def pinging():
        nonlocal done
        for _ in range(waits):
            yield random.random() if is_random else 1
            done += 1

    for _ in range(processes):
        loop.at(0.0, pinging())
    loop.run()
    return done


def main(program, *given):
    if program == "version":
        print(json.dumps({"simpy": None if simpy is None else getattr(simpy, "__version__", "4")}))
        return
    queue, ping = (loop_queue, loop_ping) if simpy is None else (simpy_queue, simpy_ping)
    random.seed(1)
    before = time.process_time()
    if program == "queue":
        customers, arrival_rate, service_rate, servers = given
        result = queue(int(customers), float(arrival_rate), float(service_rate), int(servers))
    else:
        processes, waits, is_random = map(int, given)
        result = ping(processes, waits, is_random == 1)
    print(json.dumps({"cpuMs": 1000 * (time.process_time() - before), "result": result}))


main(*sys.argv[1:])
