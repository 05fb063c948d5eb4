import {
  explore,
  type ExploreOptions,
  type ExploreReport,
  program,
  type Program,
  type Replay,
  replay,
  type ViolationKind,
} from 'entrelacs'

/** A program, what exploring it found, and the replays of its violations. */
export interface Subject {
  readonly program: Program
  readonly report: ExploreReport
  readonly replays: readonly Replay[]
}

/** Explores a program and replays what goes wrong. */
export async function explored(subject: Program, options: ExploreOptions = {}): Promise<Subject> {
  const report = await explore(subject, options)
  return { program: subject, report, replays: report.violations.map(({ token }) => replay(subject, token)) }
}

/** The replay of the first violation of a kind. */
export async function replayOf(subject: Program, kind: ViolationKind): Promise<Replay> {
  const { report, replays } = await explored(subject)
  const index = report.violations.findIndex((violation) => violation.kind === kind)
  if (index === -1) throw new Error(`nothing of kind ${kind}: ${report.violations.map((other) => other.kind).join()}`)
  return replays[index]
}

/** A run of a program in canonical order, without exploring it. */
export function canonicalRun(subject: Program): Replay {
  return replay(subject, 'e1.A1.vvvv', { adapt: true })
}

/** The text with every place in a file as `(here)`, since lines move. */
export function withoutPlaces(text: string): string {
  return text.replaceAll(/\([\w.-]+\.ts:\d+\)/g, '(here)')
}

/** The text without colours. */
export function withoutColours(text: string): string {
  return text.replaceAll(/\u001b\[\d+m/g, '')
}

/** Two threads that read and write one cell. */
export const lostUpdate = program('lost update', {}, (_params, p) => {
  const counter = p.cell('counter', 0)
  for (const name of ['A', 'B'])
    p.thread(name, function* () {
      yield* counter.write((yield* counter.read()) + 1)
    })
  p.finally('both are kept', (final) => final(counter) === 2)
})

/** A thread that decides by a value which another changes meanwhile. */
export const staleRead = program('stale read', {}, (_params, p) => {
  const open = p.atomic('open', true)
  const served = p.atomic('served', 'nobody')
  p.thread('customer', function* () {
    if (yield* open.read()) yield* served.write((yield* open.read()) ? 'in time' : 'too late')
  })
  p.thread('clerk', function* () {
    yield* open.write(false)
  })
  p.finally('nobody is too late', (final) => final(served) !== 'too late')
})

/** A property of the end that no interference explains. */
export const wrongEnd = program('wrong end', {}, (_params, p) => {
  const list = p.atomic('list', [1, 2])
  p.thread('A', () => list.write([3]))
  p.finally('two stay', (final) => final(list).length === 2)
})

/** A property of a state on the way. */
export const wrongState = program('wrong state', {}, (_params, p) => {
  const inside = p.atomic('inside', 0)
  for (const name of ['A', 'B'])
    p.thread(name, function* () {
      yield* inside.add(1)
      yield* inside.add(-1)
    })
  p.always('one at most', (now) => now(inside) <= 1)
})

/** Two threads that take two locks in opposite orders. */
export const circle = program('circle', {}, (_params, p) => {
  const [left, right] = [p.lock('left'), p.lock('right')]
  p.thread('A', function* () {
    yield* left.acquire()
    yield* right.acquire()
    yield* right.release()
    yield* left.release()
  })
  p.thread('B', function* () {
    yield* right.acquire()
    yield* left.acquire()
    yield* left.release()
    yield* right.release()
  })
})

/** A thread that waits for itself. */
export const self = program('self', {}, (_params, p) => {
  const door = p.lock('door')
  p.thread('A', function* () {
    yield* door.acquire()
    yield* door.acquire()
  })
})

/** A thread that waits for one that cannot end. */
export const waitsAlone = program('waits alone', {}, (_params, p) => {
  const door = p.lock('door')
  p.thread('parent', function* () {
    const child = yield* p.spawn('child', function* () {
      yield* door.acquire()
      yield* door.acquire()
    })
    yield* child.join()
  })
})

/** A thread that fails. */
export const failing = program('failing', {}, (_params, p) => {
  p.thread('A', function* () {
    yield* p.yieldNow()
    throw new RangeError('on purpose')
  })
})

/** A thread that frees what it does not hold. */
export const asksForTheCancelled = program('asks for the cancelled', {}, (_params, p) => {
  const report = p.future<number>('report')
  p.thread('impatient', () => report.cancel())
  p.thread('reader', () => report.result())
})

export const cancelsAndAsks = program('cancels and asks', {}, (_params, p) => {
  const pool = p.processPool('pool', 1)
  p.thread('main', function* () {
    const future = yield* pool.submit(() => p.yieldNow())
    if (yield* future.cancel()) yield* future.exception()
  })
})

export const misusing = program('misusing', {}, (_params, p) => {
  const door = p.lock('door')
  p.thread('A', () => door.release())
})

/** Two threads that keep undoing what the other does. */
export const endless = program('endless', {}, (_params, p) => {
  const turn = p.atomic('turn', 0)
  for (const mine of [0, 1])
    p.thread(`T${mine}`, function* () {
      do yield* p.at('again')
      while ((yield* turn.exchange(mine)) !== mine)
    })
})

/** Threads that print. */
export const printing = program('printing', {}, (_params, p) => {
  const x = p.atomic('x', 0)
  p.thread('A', function* () {
    yield* p.print('begins', { at: 1 })
    yield* x.add(1)
    yield* p.print('has added')
  })
  p.finally('never', () => false)
})

/** A signal that is sent before anybody waits for it, and heard by nobody: the one who waits takes it in two steps. */
export const lateWaiter = program('late waiter', {}, (_params, p) => {
  const permits = p.semaphore('permits', 0)
  p.thread('giver', () => permits.release())
  p.thread('A', function* () {
    yield* permits.acquire()
    yield* permits.acquire()
  })
})

/** A notification that is sent before anybody waits for it; the notifier releases the lock of the condition afterwards. */
export const missedNotify = program('missed notify', {}, (_params, p) => {
  const news = p.condition('news')
  p.thread('giver', () => news.hold(() => news.notify()))
  p.thread('A', function* () {
    yield* news.hold(() => news.wait())
  })
})

/** One of two customers may be passed over for ever. */
export const starved = program('starved', {}, (_params, p) => {
  const lock = p.lock('lock')
  for (const name of ['A', 'B'])
    p.thread(name, function* () {
      for (;;) {
        yield* p.at('round')
        yield* lock.acquire()
        yield* p.progress()
        yield* lock.release()
      }
    })
})
