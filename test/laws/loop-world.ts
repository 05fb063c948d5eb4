import { EventLoop, type program } from 'entrelacs'
import { LoopCaller } from '../../src/primitives/event-loop/loop-caller.js'
import { NEW_LOOP } from '../../src/primitives/event-loop/loop-state.js'

export type Vocabulary = Parameters<Parameters<typeof program>[2]>[1]

/** An event loop together with what runs procedures on it, so that mutants can run procedures of their own. */
export interface LoopWorld {
  readonly loop: EventLoop
  readonly caller: LoopCaller
}

export function loopWorld(p: Vocabulary): LoopWorld {
  let caller: LoopCaller
  const loop = p.declare('event loop', 'loop', (words) => {
    const word = words.data('loop', NEW_LOOP)
    const declared = new EventLoop(
      'loop',
      word,
      (...object) => p.declare(...object),
      () => {
        throw new Error('the laws know no clock')
      },
    )
    caller = new LoopCaller(declared, word)
    return declared
  })
  return { loop, caller: caller! }
}
