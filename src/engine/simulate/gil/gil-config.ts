/** After which operations a thread looks whether it has been asked to let another one go on. */
export type SwitchPoints =
  /** After every one of them. */
  | 'every-operation'
  /** After calls and at the end of a loop's body. */
  | 'calls-and-loops'

/** What every interpreter has, whatever its lock. Durations are in picoseconds. */
export interface InterpreterCosts {
  /** What comes around one operation of a program: the three or four byte codes by which its thread gets there and goes on. */
  readonly byteCode: number
  /** How many times as long as in the same interpreter with a lock one thread takes. */
  readonly slowdown: number
}

/** Threads run side by side. */
export interface NoLock extends InterpreterCosts {
  /** `none`: made without a lock (Jython, IronPython); `free-threaded`: freed of it. */
  readonly kind: 'none' | 'free-threaded'
}

/** What interpreters with a lock say of it. */
interface LockCosts extends InterpreterCosts {
  /** Whether each sub-interpreter of a process has a lock of its own. */
  readonly perInterpreter: boolean
  /** Which waiter a release wakes: whoever has waited longest, or any. The interpreter leaves it to the system. */
  readonly wakes: 'first' | 'any'
}

/** The old lock: given back and taken again after so many ticks. */
export interface TicksConfig extends LockCosts {
  readonly kind: 'ticks'
  /** `sys.setcheckinterval` */
  readonly ticks: number
  /** How many ticks an operation of a program is: not every byte code is one. */
  readonly ticksPerOperation: number
  /** How long the call takes that wakes a waiter, on average: the lock is free that long. */
  readonly signal: number
}

/** The new lock: given back on request, which a waiter makes that has waited for an interval. */
export interface IntervalConfig extends LockCosts {
  readonly kind: 'interval'
  /** `sys.setswitchinterval`: how long a waiter waits before it asks; 1 µs at least. */
  readonly interval: number
  /** How much later than that the system may end the wait; drawn. */
  readonly timerSlack: number
  readonly switchPoints: SwitchPoints
  /** Who is asked: one bit for all threads, or one of the holder's own. It says where it is; who runs does not depend on it. */
  readonly requestBit: 'process' | 'interpreter' | 'thread'
}

/** A lock. */
export type LockConfig = TicksConfig | IntervalConfig

/** What lets the threads of a program run byte code. */
export type GilConfig = NoLock | LockConfig

const NANOSECOND = 1000
const MICROSECOND = 1000 * NANOSECOND

// An assumption: `x += 1` in a loop, two operations here, takes 40 to 80 ns in CPython 3.x on current processors.
const COSTS: InterpreterCosts = { byteCode: 30 * NANOSECOND, slowdown: 1 }

/** No lock, and the same cost of byte code as CPython. */
const NONE: NoLock = { kind: 'none', ...COSTS }

// Python/ceval.c before 074e5ed974 (2009-11-10): `_Py_CheckInterval = 100`. An iteration of `x += 1` in a loop has about six byte codes
// that are ticks, which are two operations here. That a release takes a few microseconds if somebody has to be woken is an assumption.
const TICKS: TicksConfig = {
  kind: 'ticks',
  ...COSTS,
  perInterpreter: false,
  wakes: 'first',
  ticks: 100,
  ticksPerOperation: 3,
  signal: 4 * MICROSECOND,
}

// Python/ceval_gil.h, merged 2009-11-10 (3.2): `DEFAULT_INTERVAL 5000`, in microseconds. Every `DISPATCH()` checks, but for byte codes
// that touch nothing shared. `gil_drop_request` is one static for the process.
const NEW: IntervalConfig = {
  kind: 'interval',
  ...COSTS,
  perInterpreter: false,
  wakes: 'first',
  interval: 5000 * MICROSECOND,
  // Linux: `PR_SET_TIMERSLACK`, 50 µs unless a thread says otherwise.
  timerSlack: 50 * MICROSECOND,
  switchPoints: 'every-operation',
  requestBit: 'process',
}

// 3.9: `gil_drop_request` has moved to the interpreter's state (`struct _ceval_state`).
const NEW_3_9: IntervalConfig = { ...NEW, requestBit: 'interpreter' }

// 3.10: GH-18334, 4958f5d69d (2021-03-24), "Only check evalbreaker after calls and on backwards egdes".
const NEW_3_10: IntervalConfig = { ...NEW_3_9, switchPoints: 'calls-and-loops' }

// 3.12: PEP 684, a lock for each interpreter.
const NEW_3_12: IntervalConfig = { ...NEW_3_10, perInterpreter: true }

// 3.13: the bit is in the `eval_breaker` of the thread that holds the lock.
const NEW_3_13: IntervalConfig = { ...NEW_3_12, requestBit: 'thread' }

/** CPython by version; `…t` are builds without the lock. */
export const GIL_VERSIONS = {
  none: NONE,
  '2.7': TICKS,
  '3.1': TICKS,
  '3.2': NEW,
  '3.3': NEW,
  '3.4': NEW,
  '3.5': NEW,
  '3.6': NEW,
  '3.7': NEW,
  '3.8': NEW,
  '3.9': NEW_3_9,
  '3.10': NEW_3_10,
  '3.11': NEW_3_10,
  '3.12': NEW_3_12,
  '3.13': NEW_3_13,
  // Doc/howto/free-threading-python.rst: "about 40 %", since the specialising interpreter is off.
  '3.13t': { kind: 'free-threaded', ...COSTS, slowdown: 1.4 },
  '3.14': NEW_3_13,
  // The same document for 3.14: from about 1 % on macOS aarch64 to 8 % on x86-64 Linux, which is taken here.
  '3.14t': { kind: 'free-threaded', ...COSTS, slowdown: 1.08 },
} as const satisfies Readonly<Record<string, GilConfig>>

/** A version of CPython whose lock is known, or `none`. */
export type GilVersion = keyof typeof GIL_VERSIONS
