"""Futures, thread-local data and threads: sequences of operations, each on an object of its own. JSON in, JSON out."""

import json
import logging
import sys
import threading
from concurrent.futures import Future

logging.disable(logging.CRITICAL)


class OnFuture:
    def __init__(self, log):
        self.future = Future()
        self.log = log

    def set_result(self, value):
        self.future.set_result(value)

    def set_exception(self, message):
        self.future.set_exception(ValueError(message))

    def run(self):
        return self.future.set_running_or_notify_cancel()

    def cancel(self):
        return self.future.cancel()

    def status(self):
        return [self.future.done(), self.future.running(), self.future.cancelled()]

    def result(self):
        return self.future.result(timeout=0)

    def exception(self):
        error = self.future.exception(timeout=0)
        return None if error is None else [type(error).__name__, str(error)]

    def call_back(self, number):
        def callback(_future):
            self.log.append(number)
            if number % 3 == 0:
                raise ValueError('ignored')

        self.future.add_done_callback(callback)


class OnLocal:
    def __init__(self, _log):
        self.local = threading.local()

    def set(self, name, value):
        setattr(self.local, name, value)

    def get(self, name):
        return getattr(self.local, name)

    def delete(self, name):
        delattr(self.local, name)


class OnThread:
    def __init__(self, log):
        self.thread = threading.Thread(target=lambda: log.append('ran'), daemon=True)

    def start_and_join(self):
        self.thread.start()
        self.thread.join()

    def join(self):
        self.thread.join()

    def is_alive(self):
        return self.thread.is_alive()

    def join_myself(self):
        threading.current_thread().join()


SUBJECTS = {'future': OnFuture, 'local': OnLocal, 'thread': OnThread}


def perform(sequence):
    log = []
    subject = SUBJECTS[sequence['subject']](log)
    results = []
    for name, *args in sequence['calls']:
        try:
            results.append({'value': getattr(subject, name)(*args)})
        except Exception as error:
            results.append({'raises': type(error).__name__})
    return {'results': results, 'log': log}


json.dump([perform(sequence) for sequence in json.load(sys.stdin)], sys.stdout)
