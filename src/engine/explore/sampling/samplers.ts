import type { Random } from '../../random.js'
import type { Session } from '../../session.js'
import type { SamplingStrategy, Strategy } from '../explore-report.js'
import { Pct } from './pct.js'
import { Pos } from './pos.js'
import { RandomWalk } from './random-walk.js'
import type { Sampler } from './sampler.js'
import { Surw } from './surw.js'

/** How each sampling strategy chooses threads: where to add one. `depth` is an option of `pct` alone. */
export const SAMPLERS: Readonly<
  Record<SamplingStrategy, (session: Session, random: Random, depth: number) => Sampler>
> = {
  random: (_session, random) => new RandomWalk(random),
  pct: (_session, random, depth) => new Pct(random, depth),
  pos: (session, random) => new Pos(session, random),
  surw: (session, random) => new Surw(session, random),
}

/** Whether a strategy draws executions from a seed. */
export function isSampling(strategy: Strategy): strategy is SamplingStrategy {
  return Object.hasOwn(SAMPLERS, strategy)
}
