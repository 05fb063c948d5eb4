import {
  Empty,
  explore,
  type Mailbox,
  program,
  type Program,
  StatefulObject,
  type Steps,
  type Vocabulary,
} from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { expectLawToBeBroken, expectLawToHold, exploreBothWays } from '../laws/both-strategies.js'
import { run } from './support.js'

type Box = Pick<Mailbox<string>, 'send' | 'receive'>

/** Hands out the newest message first, whoever has sent it. */
class Pile extends StatefulObject<readonly string[]> {
  readonly kind = 'pile'

  send(message: string): Steps<void> {
    return this.perform({
      name: 'send',
      args: [message],
      step: (all) => ({ state: [...all, message], result: undefined }),
    })
  }

  receive(): Steps<string> {
    return this.perform({
      name: 'receive',
      ways: (all) => (all.length === 0 ? 0 : 1),
      step: (all) => ({ state: all.slice(0, -1), result: all.at(-1)! }),
    })
  }
}

/** Two senders with two messages each, and who receives all four. */
function twoSenders(declare: (p: Vocabulary) => Box, law: (received: readonly string[]) => boolean): Program {
  return program('two senders', {}, (_params, p) => {
    const box = declare(p)
    for (const name of ['a', 'b'])
      p.thread(name, function* () {
        for (const number of [1, 2]) yield* box.send(`${name}${number}`)
      })
    const receiver = p.thread('receiver', function* () {
      const received: string[] = []
      for (let i = 0; i < 4; i++) received.push(yield* box.receive())
      return received
    })
    p.finally('law', (final) => law(final.result(receiver) ?? []))
  })
}

const eachInOrder = (received: readonly string[]) =>
  ['a', 'b'].every((name) => received.filter((each) => each.startsWith(name)).join() === `${name}1,${name}2`)

async function receptions(subject: Program): Promise<string[]> {
  const { outcomes } = await exploreBothWays(subject)
  return outcomes.map(({ results }) => (results!['receiver'] as string[]).join(' ')).sort()
}

describe('A mailbox', () => {
  test('keeps the order of every sender', async () => {
    await expectLawToHold(twoSenders((p) => p.mailbox<string>('box'), eachInOrder))
  })

  test('would not if the newest came first', async () => {
    const pile = (p: Vocabulary) => p.declare('pile', 'box', (words) => new Pile('box', words.data('messages', [])))
    await expectLawToBeBroken(twoSenders(pile, eachInOrder), 'property: law')
  })

  test('brings those of several senders in any order, all of them', async () => {
    const merged = await receptions(
      twoSenders(
        (p) => p.mailbox<string>('box'),
        () => true,
      ),
    )
    expect(merged).toEqual(['a1 a2 b1 b2', 'a1 b1 a2 b2', 'a1 b1 b2 a2', 'b1 a1 a2 b2', 'b1 a1 b2 a2', 'b1 b2 a1 a2'])
  })

  test('brings all in any order where the network reorders', async () => {
    const merged = await receptions(
      twoSenders(
        (p) => p.mailbox<string>('box', { reorders: true }),
        () => true,
      ),
    )
    expect(merged).toHaveLength(24)
  })

  test('may lose any of them where the network loses some, and none otherwise', async () => {
    const sending = (loses: boolean) =>
      program('sending', {}, (_params, p) => {
        const box = p.mailbox<number>('box', { loses })
        p.thread('sender', function* () {
          for (const number of [1, 2]) yield* box.send(number)
        })
      })
    const left = async (loses: boolean) =>
      (await exploreBothWays(sending(loses))).outcomes.map(({ final }) => String(final['box'])).sort()
    expect(await left(true)).toEqual(['', '1', '1,2', '2'])
    expect(await left(false)).toEqual(['1,2'])
  })

  test('says that nothing has come', async () => {
    const { result } = await run((p) => {
      const box = p.mailbox<number>('box')
      return function* () {
        const seen: string[] = []
        for (const receive of [() => box.receiveNowait(), () => box.receive({ timeout: 1 })])
          try {
            yield* receive()
          } catch (error) {
            seen.push(error instanceof Empty ? 'Empty' : String(error))
          }
        return seen
      }
    })
    expect(result).toEqual(['Empty', 'Empty'])
  })

  test('may not have got yet what was sent, where time is free', async () => {
    const asking = (time: 'free' | 'virtual') =>
      program(
        'asking',
        {},
        (_params, p) => {
          const box = p.mailbox<number>('box')
          p.thread('A', function* () {
            yield* box.send(7)
            try {
              return yield* box.receiveNowait()
            } catch {
              return 'nothing yet'
            }
          })
        },
        { time },
      )
    const answers = async (time: 'free' | 'virtual') =>
      (await exploreBothWays(asking(time))).outcomes.map(({ results }) => results!['A']).sort()
    expect(await answers('free')).toEqual([7, 'nothing yet'])
    expect(await answers('virtual')).toEqual([7])
  })

  test('gets messages after their latency, in virtual time', async () => {
    const slow = program(
      'slow',
      {},
      (_params, p) => {
        const box = p.mailbox<string>('box', { latency: 2 })
        const now = p.clock()
        const receiver = p.thread('receiver', function* () {
          const first = yield* box.receive()
          const then = yield* now.read()
          const second = yield* box.receive()
          return [first, then, second, yield* now.read()]
        })
        p.thread('sender', function* () {
          yield* box.send('early')
          yield* p.sleep(3)
          yield* box.send('late')
        })
        p.finally('they come at 2 s and at 5 s', (final) => String(final.result(receiver)) === 'early,2,late,5')
      },
      { time: 'virtual' },
    )
    await expectLawToHold(slow)
  })

  test('has a timeout that a latency may exceed', async () => {
    const late = program(
      'late',
      {},
      (_params, p) => {
        const box = p.mailbox<string>('box', { latency: 2 })
        p.thread('A', function* () {
          yield* box.send('too late')
          try {
            return yield* box.receive({ timeout: 1 })
          } catch (error) {
            return (error as Error).message
          }
        })
      },
      { time: 'virtual' },
    )
    const { outcomes } = await explore(late)
    expect(outcomes.map(({ results }) => results!['A'])).toEqual(['no message has come to “box” after 1 s'])
  })
})
